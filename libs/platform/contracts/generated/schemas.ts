// Generated from avro/ by `npm run generate`. Do not edit.

export const schemas = {
 "content/accepted": {
  "type": "record",
  "name": "ContentAccepted",
  "namespace": "tidegate.content",
  "doc": "The claim on one revision that the gateway accepted: the memory of its idempotency. Key platform/contentId/revision.",
  "fields": [
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "textHash",
    "type": "string",
    "doc": "SHA-256 of the text, first 32 hex digits."
   },
   {
    "name": "acceptedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the claim was committed."
   }
  ]
 },
 "content/erased": {
  "type": "record",
  "name": "ContentErased",
  "namespace": "tidegate.content",
  "doc": "A content is erased: everything that holds its text removes it. Key platform/contentId.",
  "fields": [
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "requestedBy",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Caller that asked, by the name of its key."
   },
   {
    "name": "erasedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the erasure was accepted."
   }
  ]
 },
 "content/reported": {
  "type": "record",
  "name": "ContentReported",
  "namespace": "tidegate.content",
  "doc": "Somebody reported a content, appealed a verdict or suggested scores. Self-selected: never part of an estimate. Key platform/contentId.",
  "fields": [
   {
    "name": "reportId",
    "type": "string",
    "doc": "Hash of who, what and when: repeated delivery is harmless."
   },
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "ReportKind",
     "symbols": [
      "REPORT",
      "APPEAL",
      "SUGGESTION"
     ],
     "doc": "A report of a reader, an appeal of an author, or scores suggested by a client."
    },
    "doc": "What was said."
   },
   {
    "name": "channel",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Channel of the verdict that is appealed."
   },
   {
    "name": "verdictId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Verdict that is appealed."
   },
   {
    "name": "category",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Category that the report names."
   },
   {
    "name": "scores",
    "type": {
     "type": "map",
     "values": "double"
    },
    "doc": "Suggested scores by category, empty otherwise.",
    "default": {}
   },
   {
    "name": "reporterHash",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Keyed hash of who said it."
   },
   {
    "name": "reason",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Free text of the reporter, at most 1,000 characters. Never logged."
   },
   {
    "name": "reportedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was received."
   }
  ]
 },
 "content/submitted": {
  "type": "record",
  "name": "ContentSubmitted",
  "namespace": "tidegate.content",
  "doc": "One revision of one text that a platform published. Public: platforms write it. The record key is platform/contentId.",
  "fields": [
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform, at most 256 characters."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content, from 1, raised by the platform on each edit.",
    "default": 1
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content, the first part of the key."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "ContentKind",
     "symbols": [
      "POST",
      "COMMENT",
      "MESSAGE",
      "PROFILE",
      "PROMPT",
      "COMPLETION",
      "OTHER"
     ],
     "doc": "What the text is on its platform.",
     "default": "OTHER"
    },
    "doc": "What the text is.",
    "default": "OTHER"
   },
   {
    "name": "text",
    "type": "string",
    "doc": "The text, UTF-8, at most 32,768 characters. Never logged."
   },
   {
    "name": "language",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "BCP-47 tag that the platform knows or assumes; the prediction detects its own."
   },
   {
    "name": "authorId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Pseudonymous id of the author on the platform; leaves this topic only as a keyed hash."
   },
   {
    "name": "conversationId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Thread, room or chat that the content belongs to."
   },
   {
    "name": "metadata",
    "type": {
     "type": "map",
     "values": "string"
    },
    "doc": "Further facts about the content, at most 32 entries.",
    "default": {}
   },
   {
    "name": "submittedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the platform submitted it."
   }
  ]
 },
 "dataset/progressed": {
  "type": "record",
  "name": "DatasetProgressed",
  "namespace": "tidegate.dataset",
  "doc": "How far the work on one request is.  Key requestId.",
  "fields": [
   {
    "name": "requestId",
    "type": "string",
    "doc": "The request."
   },
   {
    "name": "attempt",
    "type": "int",
    "doc": "Counts the starts of the work, from 1: a role that was killed begins another one."
   },
   {
    "name": "sequence",
    "type": "int",
    "doc": "Counts what an attempt says, from 0; of a request the highest attempt and sequence hold."
   },
   {
    "name": "state",
    "type": {
     "type": "enum",
     "name": "WorkState",
     "namespace": "tidegate",
     "symbols": [
      "STARTED",
      "RUNNING",
      "COMPLETED",
      "FAILED"
     ],
     "doc": "STARTED: an attempt began. RUNNING: a step of it. COMPLETED and FAILED end the request.",
     "default": "RUNNING"
    },
    "doc": "Where it stands."
   },
   {
    "name": "step",
    "type": "string",
    "doc": "What is being done, in a few words; never content."
   },
   {
    "name": "done",
    "type": "long",
    "default": 0,
    "doc": "Parts of the step that are done."
   },
   {
    "name": "total",
    "type": "long",
    "default": 0,
    "doc": "Parts that it has; 0: not known."
   },
   {
    "name": "detail",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "FAILED: why, and what to do about it. Names field, file and line; never content."
   },
   {
    "name": "subjectId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "The data set, once it is known."
   },
   {
    "name": "at",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was said."
   }
  ]
 },
 "dataset/published": {
  "type": "record",
  "name": "DatasetPublished",
  "namespace": "tidegate.dataset",
  "doc": "A frozen training set, whose rows are in ClickHouse. Key datasetId.",
  "fields": [
   {
    "name": "datasetId",
    "type": "string",
    "doc": "ds- and the hash of cut, policy, rule, recipe, salt and digest."
   },
   {
    "name": "name",
    "type": "string",
    "doc": "Name of its recipe, or of the import."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "DatasetKind",
     "symbols": [
      "BUILT",
      "IMPORTED"
     ],
     "doc": "BUILT: from labels of this installation and the imports that its recipe names. IMPORTED: from a labelled file.",
     "default": "BUILT"
    },
    "doc": "Where its rows come from."
   },
   {
    "name": "requestId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "The request that it answers; null for imports."
   },
   {
    "name": "policyId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Policy whose categories the labels are of; null for imports."
   },
   {
    "name": "policyVersion",
    "type": [
     "null",
     "int"
    ],
    "default": null,
    "doc": "Its version."
   },
   {
    "name": "labelsUntil",
    "type": [
     "null",
     "long"
    ],
    "default": null,
    "doc": "Cut: labels of label.resolved before this offset; null for imports."
   },
   {
    "name": "sources",
    "type": {
     "type": "array",
     "items": "string"
    },
    "default": [],
    "doc": "Data sets that were imported and whose rows it takes."
   },
   {
    "name": "rule",
    "type": "string",
    "doc": "How answers became labels; for imports the mapping."
   },
   {
    "name": "recipeId",
    "type": "string",
    "doc": "r- and the hash of the recipe."
   },
   {
    "name": "recipe",
    "type": "string",
    "doc": "The recipe as JSON; of an import the mapping."
   },
   {
    "name": "saltId",
    "type": "string",
    "doc": "Hash of the salt by which groups get their split: tells whether two data sets may be compared."
   },
   {
    "name": "rows",
    "type": "long",
    "doc": "Number of rows."
   },
   {
    "name": "digest",
    "type": "string",
    "doc": "SHA-256 over the rows in their order."
   },
   {
    "name": "splits",
    "type": {
     "type": "map",
     "values": "long"
    },
    "doc": "Rows by split: train, validation, test, none."
   },
   {
    "name": "categories",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "CategoryCounts",
      "doc": "Known and unknown labels of one category.",
      "fields": [
       {
        "name": "positives",
        "type": "long",
        "doc": "Rows with yes."
       },
       {
        "name": "negatives",
        "type": "long",
        "doc": "Rows with no."
       },
       {
        "name": "unknown",
        "type": "long",
        "doc": "Rows without."
       }
      ]
     }
    },
    "doc": "By category."
   },
   {
    "name": "languages",
    "type": {
     "type": "map",
     "values": "long"
    },
    "default": {},
    "doc": "Rows by language."
   },
   {
    "name": "licences",
    "type": {
     "type": "array",
     "items": "string"
    },
    "default": [],
    "doc": "Licences of its sources, SPDX where there is one."
   },
   {
    "name": "expectations",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "ExpectationResult",
      "doc": "What the recipe demands of the rows.",
      "fields": [
       {
        "name": "name",
        "type": "string",
        "doc": "The demand, as the recipe writes it."
       },
       {
        "name": "passed",
        "type": "boolean",
        "doc": "Whether it holds; one that may fail a build always does."
       },
       {
        "name": "detail",
        "type": "string",
        "doc": "What was found."
       }
      ]
     }
    },
    "default": [],
    "doc": "Demands of the recipe."
   },
   {
    "name": "previousId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Data set of the same recipe before it."
   },
   {
    "name": "publishedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was published."
   }
  ]
 },
 "dataset/requested": {
  "type": "record",
  "name": "DatasetRequested",
  "namespace": "tidegate.dataset",
  "doc": "A wish for a data set. Key requestId.",
  "fields": [
   {
    "name": "requestId",
    "type": "string",
    "doc": "Hash of cause, causeId and recipe: the same wish again is the same request."
   },
   {
    "name": "recipe",
    "type": "string",
    "doc": "Name of a recipe that the role has, or the whole recipe as YAML."
   },
   {
    "name": "policyVersion",
    "type": [
     "null",
     "int"
    ],
    "default": null,
    "doc": "Version of the recipe's policy; null: the one that is in force."
   },
   {
    "name": "labelsUntil",
    "type": [
     "null",
     "long"
    ],
    "default": null,
    "doc": "Offset in label.resolved up to which labels count (exclusive); null: all that the warehouse shows."
   },
   {
    "name": "cause",
    "type": {
     "type": "enum",
     "name": "WorkCause",
     "namespace": "tidegate",
     "symbols": [
      "PERSON",
      "SCHEDULE",
      "LABELS",
      "POLICY",
      "DRIFT",
      "OTHER"
     ],
     "doc": "PERSON: somebody asked. SCHEDULE: its time had come. LABELS: enough new labels. POLICY: a new version of the policy. DRIFT: an alert.",
     "default": "OTHER"
    },
    "doc": "Why."
   },
   {
    "name": "causeId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "What caused it: a policy version, an alert, a window of the schedule."
   },
   {
    "name": "requestedBy",
    "type": "string",
    "doc": "Role, or person by id."
   },
   {
    "name": "requestedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When."
   }
  ]
 },
 "dead-letter/rejected": {
  "type": "record",
  "name": "DeadLetter",
  "namespace": "tidegate.deadletter",
  "doc": "A record that could not be processed, as it was, and why. The key is that of the original.",
  "fields": [
   {
    "name": "stage",
    "type": "string",
    "doc": "App that rejected it."
   },
   {
    "name": "release",
    "type": "string",
    "doc": "Release of the app."
   },
   {
    "name": "reason",
    "type": "string",
    "doc": "Code of the rejection, from a closed list."
   },
   {
    "name": "detail",
    "type": "string",
    "doc": "What is wrong, with the field; never content."
   },
   {
    "name": "source",
    "type": {
     "type": "record",
     "name": "Source",
     "doc": "Where in Kafka the record stands that caused this one.",
     "fields": [
      {
       "name": "topic",
       "type": "string",
       "doc": "Topic, without the configured prefix."
      },
      {
       "name": "partition",
       "type": "int",
       "doc": "Partition."
      },
      {
       "name": "offset",
       "type": "long",
       "doc": "Offset."
      }
     ]
    },
    "doc": "The record that was rejected."
   },
   {
    "name": "key",
    "type": [
     "null",
     "bytes"
    ],
    "default": null,
    "doc": "Original key."
   },
   {
    "name": "value",
    "type": [
     "null",
     "bytes"
    ],
    "default": null,
    "doc": "Original bytes."
   },
   {
    "name": "headers",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Header",
      "doc": "One header.",
      "fields": [
       {
        "name": "key",
        "type": "string",
        "doc": "Name."
       },
       {
        "name": "value",
        "type": "bytes",
        "doc": "Value."
       }
      ]
     }
    },
    "doc": "Original headers.",
    "default": []
   },
   {
    "name": "recordTimestamp",
    "type": "long",
    "doc": "Timestamp of the original record, milliseconds."
   },
   {
    "name": "rejectedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was rejected."
   }
  ]
 },
 "deployment/bundled": {
  "type": "record",
  "name": "DeploymentBundled",
  "namespace": "tidegate.deployment",
  "doc": "Everything that decides in one channel, immutable. Key deploymentId.",
  "fields": [
   {
    "name": "deploymentId",
    "type": "string",
    "doc": "d- and the hash of all parts."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "The channel."
   },
   {
    "name": "modelId",
    "type": "string",
    "doc": "The model."
   },
   {
    "name": "modelSha256",
    "type": "string",
    "doc": "SHA-256 of the model's file."
   },
   {
    "name": "calibrationId",
    "type": "string",
    "doc": "Hash of the calibrators."
   },
   {
    "name": "thresholdSetId",
    "type": "string",
    "doc": "Hash of the thresholds."
   },
   {
    "name": "policyId",
    "type": "string",
    "doc": "The policy."
   },
   {
    "name": "policyVersion",
    "type": "int",
    "doc": "Its version."
   },
   {
    "name": "calibrators",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "Calibrator",
      "doc": "Monotone map from a logit to a probability.",
      "fields": [
       {
        "name": "kind",
        "type": {
         "type": "enum",
         "name": "CalibratorKind",
         "symbols": [
          "PLATT",
          "BETA",
          "ISOTONIC",
          "IDENTITY"
         ],
         "doc": "Family of the map."
        },
        "doc": "Family."
       },
       {
        "name": "parameters",
        "type": {
         "type": "array",
         "items": "double"
        },
        "doc": "PLATT: A, B; BETA: a, b, c; otherwise empty."
       },
       {
        "name": "x",
        "type": {
         "type": "array",
         "items": "double"
        },
        "doc": "ISOTONIC: knots, logits ascending.",
        "default": []
       },
       {
        "name": "y",
        "type": {
         "type": "array",
         "items": "double"
        },
        "doc": "ISOTONIC: probabilities at the knots.",
        "default": []
       }
      ]
     }
    },
    "doc": "By category that the model covers."
   },
   {
    "name": "thresholds",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "Thresholds",
      "doc": "Where review and block begin.",
      "fields": [
       {
        "name": "review",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Review from this probability on; null: never."
       },
       {
        "name": "block",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Block from this probability on; null: never."
       },
       {
        "name": "provisional",
        "type": "boolean",
        "doc": "True while declared by the policy and not solved from labels."
       }
      ]
     }
    },
    "doc": "By category."
   },
   {
    "name": "uncovered",
    "type": {
     "type": "enum",
     "name": "UncoveredAction",
     "symbols": [
      "ALLOW",
      "REVIEW"
     ],
     "doc": "What a category does that the model does not cover."
    },
    "doc": "For uncovered categories."
   },
   {
    "name": "uncoveredCategories",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "Categories of the policy that the model does not cover."
   },
   {
    "name": "bundledAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was bundled."
   }
  ]
 },
 "deployment/changed": {
  "type": "record",
  "name": "DeploymentChanged",
  "namespace": "tidegate.deployment",
  "doc": "What runs in one channel from now on. Key channel.",
  "fields": [
   {
    "name": "channel",
    "type": "string",
    "doc": "The channel."
   },
   {
    "name": "sequence",
    "type": "int",
    "doc": "Counts the changes of the channel, from 1."
   },
   {
    "name": "mode",
    "type": {
     "type": "enum",
     "name": "Mode",
     "symbols": [
      "NORMAL",
      "REVIEW_ALL",
      "ALLOW_ALL"
     ],
     "doc": "How the channel runs: by its policy, or by the kill switch.",
     "default": "NORMAL"
    },
    "doc": "How the channel runs.",
    "default": "NORMAL"
   },
   {
    "name": "live",
    "type": "string",
    "doc": "deploymentId of the live bundle."
   },
   {
    "name": "previous",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "deploymentId that was live before."
   },
   {
    "name": "canary",
    "type": [
     "null",
     {
      "type": "record",
      "name": "Canary",
      "doc": "A bundle that judges a share of the traffic.",
      "fields": [
       {
        "name": "deploymentId",
        "type": "string",
        "doc": "The bundle."
       },
       {
        "name": "share",
        "type": "double",
        "doc": "Share of authors or conversations, 0 to 1."
       }
      ]
     }
    ],
    "default": null,
    "doc": "The canary, if one runs."
   },
   {
    "name": "shadows",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "deploymentIds that score beside the live one without effect.",
    "default": []
   },
   {
    "name": "reason",
    "type": "string",
    "doc": "Why it changed."
   },
   {
    "name": "changedBy",
    "type": "string",
    "doc": "Role or person (by role) that changed it."
   },
   {
    "name": "changedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When."
   }
  ]
 },
 "deployment/progressed": {
  "type": "record",
  "name": "DeploymentProgressed",
  "namespace": "tidegate.deployment",
  "doc": "Where a roll-out stands: one event for each of its steps. Key rolloutId; its highest sequence holds.",
  "fields": [
   {
    "name": "rolloutId",
    "type": "string",
    "doc": "ro- and the hash of channel, model, calibration and request."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "The channel."
   },
   {
    "name": "requestId",
    "type": "string",
    "doc": "The request that asked for it."
   },
   {
    "name": "modelId",
    "type": "string",
    "doc": "The candidate."
   },
   {
    "name": "artefactId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Calibration (c-) by which the model is judged; null: its own."
   },
   {
    "name": "champion",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "deploymentId of the bundle that it is compared with, and that comes back at a roll-back."
   },
   {
    "name": "candidate",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "deploymentId of the candidate's bundle; null: it could not be bundled."
   },
   {
    "name": "requestedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was asked for: roll-outs of a channel go in this order."
   },
   {
    "name": "sequence",
    "type": "int",
    "doc": "Counts the steps of the roll-out, from 1."
   },
   {
    "name": "state",
    "type": {
     "type": "enum",
     "name": "RolloutState",
     "symbols": [
      "GATING",
      "REJECTED",
      "SHADOW",
      "CANARY",
      "LIVE",
      "ROLLED_BACK",
      "CANCELLED",
      "REFUSED"
     ],
     "doc": "GATING: the gate is at work, or its turn has not come. SHADOW: scores beside the live bundle, without effect. CANARY: judges a share. LIVE: judges everything. REJECTED: the gate stays shut. ROLLED_BACK: the champion judges again. CANCELLED: given up. REFUSED: the artefact is broken. All but the first four end it.",
     "default": "CANCELLED"
    },
    "doc": "Where it stands."
   },
   {
    "name": "step",
    "type": "int",
    "default": 0,
    "doc": "Step of the canary, from 1; 0: none."
   },
   {
    "name": "share",
    "type": "double",
    "default": 0,
    "doc": "Share of authors or conversations that the candidate judges, 0 to 1."
   },
   {
    "name": "since",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When this state, or this step of the canary, began."
   },
   {
    "name": "override",
    "type": [
     "null",
     {
      "type": "record",
      "name": "RolloutOverride",
      "doc": "A person opens the gate in spite of what it may find.",
      "fields": [
       {
        "name": "checks",
        "type": {
         "type": "array",
         "items": "string"
        },
        "doc": "Checks that it covers: a name of the gate's table, or name/category."
       },
       {
        "name": "expiresAt",
        "type": {
         "type": "long",
         "logicalType": "timestamp-millis"
        },
        "doc": "From then on it opens nothing."
       },
       {
        "name": "reason",
        "type": "string",
        "doc": "Why: that of the request."
       },
       {
        "name": "by",
        "type": "string",
        "doc": "Person (by role) whose it is."
       }
      ]
     }
    ],
    "default": null,
    "doc": "As it was asked for."
   },
   {
    "name": "gate",
    "type": [
     "null",
     {
      "type": "record",
      "name": "GateOutcome",
      "doc": "What the gate found.",
      "fields": [
       {
        "name": "reportId",
        "type": "string",
        "doc": "The report: gate_reports."
       },
       {
        "name": "passed",
        "type": "boolean",
        "doc": "Whether it opened."
       },
       {
        "name": "failed",
        "type": {
         "type": "array",
         "items": "string"
        },
        "doc": "Checks that kept it shut."
       },
       {
        "name": "overridden",
        "type": {
         "type": "array",
         "items": "string"
        },
        "doc": "Checks that an override opened."
       }
      ]
     }
    ],
    "default": null,
    "doc": "Once it is known."
   },
   {
    "name": "guards",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "GuardFigure",
      "doc": "What one guard saw of the canary (evaluation 4.5).",
      "fields": [
       {
        "name": "guard",
        "type": "string",
        "doc": "Its name."
       },
       {
        "name": "finding",
        "type": "string",
        "doc": "What it makes of its figure; NOT_ARMED: too little was seen."
       },
       {
        "name": "figure",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Candidate against champion; null: nothing was seen."
       },
       {
        "name": "low",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Lower end of the always-valid interval."
       },
       {
        "name": "high",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Upper end."
       },
       {
        "name": "margin",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "What is still taken for equal."
       }
      ]
     }
    },
    "default": [],
    "doc": "At the moment of this step."
   },
   {
    "name": "reason",
    "type": "string",
    "doc": "Why, in a few words."
   },
   {
    "name": "by",
    "type": "string",
    "doc": "Role or person (by role) that caused it."
   },
   {
    "name": "causeId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "requestId of the request that caused it; null: it went on by itself."
   },
   {
    "name": "at",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When."
   }
  ]
 },
 "deployment/requested": {
  "type": "record",
  "name": "DeploymentRequested",
  "namespace": "tidegate.deployment",
  "doc": "Somebody asks for a change of what runs in a channel. Key requestId.",
  "fields": [
   {
    "name": "requestId",
    "type": "string",
    "doc": "Hash of what is asked."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "The channel."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "DeploymentRequestKind",
     "symbols": [
      "GO_LIVE",
      "SET_MODE",
      "ROLL_OUT",
      "ROLL_BACK",
      "CANCEL"
     ],
     "doc": "Bundle this model and put it live at once; change the mode; bring this model live through gate, shadow and canary; take the canary, or else what is live, back; give a roll-out up."
    },
    "doc": "What is asked."
   },
   {
    "name": "modelId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Model to put live, for GO_LIVE and ROLL_OUT. For ROLL_BACK and CANCEL: only if it is this one; null: whichever it is."
   },
   {
    "name": "artefactId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "For GO_LIVE and ROLL_OUT in place of a model: calibration (c-) of the live model of the channel, whose calibrators and thresholds go live."
   },
   {
    "name": "mode",
    "type": [
     "null",
     {
      "type": "enum",
      "name": "Mode",
      "symbols": [
       "NORMAL",
       "REVIEW_ALL",
       "ALLOW_ALL"
      ],
      "doc": "How the channel runs: by its policy, or by the kill switch.",
      "default": "NORMAL"
     }
    ],
    "default": null,
    "doc": "Mode to set, for SET_MODE."
   },
   {
    "name": "override",
    "type": [
     "null",
     {
      "type": "record",
      "name": "GateOverride",
      "doc": "A person opens the gate in spite of what it may find. The reason is that of the request.",
      "fields": [
       {
        "name": "checks",
        "type": {
         "type": "array",
         "items": "string"
        },
        "doc": "Checks that it covers: a name of the gate's table, or name/category."
       },
       {
        "name": "expiresAt",
        "type": {
         "type": "long",
         "logicalType": "timestamp-millis"
        },
        "doc": "From then on it opens nothing."
       }
      ]
     }
    ],
    "default": null,
    "doc": "Override of gate checks, for ROLL_OUT."
   },
   {
    "name": "reason",
    "type": "string",
    "doc": "Why."
   },
   {
    "name": "requestedBy",
    "type": "string",
    "doc": "Role or person (by role) that asks."
   },
   {
    "name": "requestedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was asked."
   }
  ]
 },
 "drift/alerted": {
  "type": "record",
  "name": "DriftAlerted",
  "namespace": "tidegate.drift",
  "doc": "The world has moved in one channel: what stands out in one window, how far, and what that suggests. One per channel, kind and window that opens an alert. Carries no text. Key alertId.",
  "fields": [
   {
    "name": "alertId",
    "type": "string",
    "doc": "Hash of channel, kind and window, 32 hex digits: a repeated run writes the same id."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "DriftKind",
     "symbols": [
      "TRAFFIC",
      "PERFORMANCE",
      "OTHER"
     ],
     "doc": "TRAFFIC: scores, mixes or flag rates of contents, without labels. PERFORMANCE: figures that labels give.",
     "default": "OTHER"
    },
    "doc": "What was looked at."
   },
   {
    "name": "level",
    "type": {
     "type": "enum",
     "name": "DriftLevel",
     "symbols": [
      "PAGE",
      "TICKET"
     ],
     "doc": "PAGE: somebody should look now. TICKET: it can wait for the morning.",
     "default": "TICKET"
    },
    "doc": "How urgent it is."
   },
   {
    "name": "suggestion",
    "type": {
     "type": "enum",
     "name": "DriftSuggestion",
     "symbols": [
      "RETRAIN",
      "RECALIBRATE",
      "LOOK_AT_POLICY",
      "BENIGN"
     ],
     "doc": "RETRAIN: labels moved. RECALIBRATE: scores moved and labels did not. LOOK_AT_POLICY: labels moved and the policy's version too. BENIGN: contents differ, figures do not.",
     "default": "BENIGN"
    },
    "doc": "What to do: the strongest suggestion of its findings."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "The channel."
   },
   {
    "name": "windowFrom",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "Window of scoredAt that opened the alert."
   },
   {
    "name": "windowTo",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "Its end."
   },
   {
    "name": "findings",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "DriftFinding",
      "doc": "One thing that stands out.",
      "fields": [
       {
        "name": "feature",
        "type": "string",
        "doc": "logit; language, platform, kind, length or obfuscation, whose mix moved; flag_rate; precision, recall or prevalence."
       },
       {
        "name": "category",
        "type": [
         "null",
         "string"
        ],
        "default": null,
        "doc": "The category; null for the mix of a feature."
       },
       {
        "name": "sliceBy",
        "type": "string",
        "doc": "all, language, platform or kind."
       },
       {
        "name": "sliceValue",
        "type": "string",
        "doc": "Which of them; empty for all."
       },
       {
        "name": "modelId",
        "type": [
         "null",
         "string"
        ],
        "default": null,
        "doc": "The model whose scores moved; null where it does not depend on one."
       },
       {
        "name": "signs",
        "type": {
         "type": "array",
         "items": {
          "type": "enum",
          "name": "DriftSign",
          "symbols": [
           "PSI",
           "JENSEN_SHANNON",
           "KOLMOGOROV_SMIRNOV",
           "WASSERSTEIN",
           "FLAG_RATE",
           "LABELS",
           "TARGET",
           "OTHER"
          ],
          "doc": "Which statistic is beyond its limit. FLAG_RATE: its confidence sequence crossed. LABELS: a labelled figure moved. TARGET: it is below the target of the policy.",
          "default": "OTHER"
         }
        },
        "doc": "What is beyond its limit."
       },
       {
        "name": "suggestion",
        "type": "DriftSuggestion",
        "doc": "What this finding suggests."
       },
       {
        "name": "labelFree",
        "type": {
         "type": "enum",
         "name": "DriftMovement",
         "symbols": [
          "MOVED",
          "STABLE",
          "UNKNOWN"
         ],
         "doc": "MOVED: beyond chance, and by a size that matters.",
         "default": "UNKNOWN"
        },
        "doc": "Precision, recall and prevalence as calibrated scores estimate them."
       },
       {
        "name": "labelled",
        "type": "DriftMovement",
        "doc": "The same from labels with known inclusion probabilities."
       },
       {
        "name": "before",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "The figure in the reference: mean logit, flag rate, or the named metric; null for a mix."
       },
       {
        "name": "after",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "The same in the window."
       },
       {
        "name": "target",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Target of the policy that it misses."
       },
       {
        "name": "psi",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Population stability index."
       },
       {
        "name": "jensenShannon",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Jensen-Shannon distance, to the base 2."
       },
       {
        "name": "kolmogorovSmirnov",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Kolmogorov-Smirnov D over bins of a quarter logit."
       },
       {
        "name": "wasserstein",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Wasserstein-1 distance in standard deviations of the reference."
       },
       {
        "name": "pValue",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Adjusted for all comparisons of the window (Benjamini-Hochberg)."
       },
       {
        "name": "referenceContents",
        "type": "long",
        "doc": "Contents of the reference; of labelled figures labels."
       },
       {
        "name": "contents",
        "type": "long",
        "doc": "Contents of the window; of labelled figures labels."
       }
      ]
     }
    },
    "doc": "What stands out, the farthest first; at most 50."
   },
   {
    "name": "findingCount",
    "type": "int",
    "doc": "How many there are, also those that are left out."
   },
   {
    "name": "alertedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the alert was written."
   }
  ]
 },
 "label/requested": {
  "type": "record",
  "name": "LabelRequested",
  "namespace": "tidegate.label",
  "doc": "An open task: one revision about which people shall answer questions. Written again when it changes queue; a tombstone closes it. Carries no text. Key taskId.",
  "fields": [
   {
    "name": "taskId",
    "type": "string",
    "doc": "Hash of origin and causeId: repeated delivery is harmless."
   },
   {
    "name": "origin",
    "type": {
     "type": "enum",
     "name": "LabelOrigin",
     "symbols": [
      "DRAWN",
      "TRAIN_ONLY",
      "REPORTED",
      "APPEALED",
      "IMPORTED",
      "RED_TEAM",
      "OTHER"
     ],
     "doc": "DRAWN: by chance, with a known probability. All others chose themselves or were chosen without chance, and are never part of an estimate. OTHER: an expert looks at what others settled, for an audit, or decided about a verdict without a task.",
     "default": "OTHER"
    },
    "doc": "Why people are asked."
   },
   {
    "name": "causeId",
    "type": "string",
    "doc": "The draw, report, appeal, finding or import behind it."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "queue",
    "type": {
     "type": "enum",
     "name": "TaskQueue",
     "symbols": [
      "STANDARD",
      "EXPERT",
      "LEGAL"
     ],
     "doc": "STANDARD: two blind answers, a third on disagreement. EXPERT: one answer of an expert. LEGAL: as EXPERT, for what the law may ask to be reported, such as minors.",
     "default": "EXPERT"
    },
    "doc": "Who is asked."
   },
   {
    "name": "channel",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Reference channel of a draw, or the channel of the appealed verdict."
   },
   {
    "name": "verdictId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Verdict that is appealed."
   },
   {
    "name": "windowFrom",
    "type": [
     "null",
     {
      "type": "long",
      "logicalType": "timestamp-millis"
     }
    ],
    "default": null,
    "doc": "Sampling window of a draw; null otherwise."
   },
   {
    "name": "windowTo",
    "type": [
     "null",
     {
      "type": "long",
      "logicalType": "timestamp-millis"
     }
    ],
    "default": null,
    "doc": "Its end."
   },
   {
    "name": "probability",
    "type": [
     "null",
     "double"
    ],
    "default": null,
    "doc": "Final inclusion probability of a draw; null: it has none."
   },
   {
    "name": "value",
    "type": [
     "null",
     "double"
    ],
    "default": null,
    "doc": "What a label is worth, for the order of TRAIN_ONLY; null otherwise."
   },
   {
    "name": "team",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Who shall be asked; null: anybody who reads the language."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "ContentKind",
     "symbols": [
      "POST",
      "COMMENT",
      "MESSAGE",
      "PROFILE",
      "PROMPT",
      "COMPLETION",
      "OTHER"
     ],
     "doc": "What the text is on its platform.",
     "default": "OTHER"
    },
    "default": "OTHER",
    "doc": "What the text is."
   },
   {
    "name": "language",
    "type": "string",
    "doc": "Detected language, BCP-47, or 'und'."
   },
   {
    "name": "duplicateKey",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Key of near-duplicates, 16 hex digits; null: not known."
   },
   {
    "name": "conversationHash",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Keyed hash of the conversation, for the context beside the item."
   },
   {
    "name": "requestedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the task was opened."
   }
  ]
 },
 "label/resolved": {
  "type": "record",
  "name": "LabelResolved",
  "namespace": "tidegate.label",
  "doc": "What is known of one revision once people have answered. RESOLVED holds facts; DERIVED holds what one policy makes of them. Key platform/contentId/revision.",
  "fields": [
   {
    "name": "resolvedId",
    "type": "string",
    "doc": "Hash of kind, item, facts or categories, rule and policy: repeated delivery is harmless."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "ResolutionKind",
     "symbols": [
      "RESOLVED",
      "DERIVED"
     ],
     "doc": "RESOLVED: facts from answers. DERIVED: categories from facts."
    },
    "doc": "Which of both."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "facts",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "ResolvedFact",
      "doc": "One question of fact.",
      "fields": [
       {
        "name": "fact",
        "type": {
         "type": "enum",
         "name": "FactValue",
         "symbols": [
          "YES",
          "NO",
          "UNKNOWN"
         ],
         "doc": "Three-valued; UNKNOWN is masked in every loss and metric.",
         "default": "UNKNOWN"
        },
        "doc": "Yes from .8, no to .2, else unknown."
       },
       {
        "name": "probability",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Probability of yes; null: nobody said yes or no."
       },
       {
        "name": "votes",
        "type": "int",
        "doc": "People who said yes or no, experts included."
       },
       {
        "name": "unsure",
        "type": "int",
        "doc": "People who were unsure."
       },
       {
        "name": "isExpert",
        "type": "boolean",
        "doc": "Whether an expert settled it."
       },
       {
        "name": "isTrainable",
        "type": "boolean",
        "default": true,
        "doc": "False where one answer explains all others away, so that the probability says nothing."
       }
      ]
     }
    },
    "default": {},
    "doc": "Fact by question@version; empty for DERIVED."
   },
   {
    "name": "rule",
    "type": "string",
    "doc": "Name and version of the rule that resolved the answers."
   },
   {
    "name": "passId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Exact pass over all answers that changed it; null: resolved as the answers came."
   },
   {
    "name": "fromResolvedId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "The RESOLVED that a DERIVED follows from; null for RESOLVED."
   },
   {
    "name": "policyId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Policy of a DERIVED; null for RESOLVED."
   },
   {
    "name": "policyVersion",
    "type": [
     "null",
     "int"
    ],
    "default": null,
    "doc": "Its version."
   },
   {
    "name": "categories",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "DerivedLabel",
      "doc": "One category.",
      "fields": [
       {
        "name": "value",
        "type": "FactValue",
        "doc": "Three-valued."
       },
       {
        "name": "weight",
        "type": "double",
        "doc": "The least |2q - 1| over the facts that decided it; 0 while it is unknown."
       },
       {
        "name": "decidedBy",
        "type": {
         "type": "array",
         "items": "string"
        },
        "default": [],
        "doc": "Questions (question@version) that decided it."
       }
      ]
     }
    },
    "default": {},
    "doc": "Label by category; empty for RESOLVED."
   },
   {
    "name": "isSettled",
    "type": "boolean",
    "default": true,
    "doc": "False while somebody is still to be asked."
   },
   {
    "name": "resolvedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was resolved."
   }
  ]
 },
 "label/submitted": {
  "type": "record",
  "name": "LabelSubmitted",
  "namespace": "tidegate.label",
  "doc": "What one person answered to one task. Several submissions of one lease are corrections: the highest attempt counts. Carries no text. Key taskId.",
  "fields": [
   {
    "name": "submissionId",
    "type": "string",
    "doc": "Hash of leaseId and attempt: repeated delivery is harmless."
   },
   {
    "name": "leaseId",
    "type": "string",
    "doc": "The lease under which the person saw the item; two answers for one lease count once."
   },
   {
    "name": "attempt",
    "type": "int",
    "doc": "0, and one more for each correction of the same lease."
   },
   {
    "name": "taskId",
    "type": "string",
    "doc": "The task."
   },
   {
    "name": "origin",
    "type": {
     "type": "enum",
     "name": "LabelOrigin",
     "symbols": [
      "DRAWN",
      "TRAIN_ONLY",
      "REPORTED",
      "APPEALED",
      "IMPORTED",
      "RED_TEAM",
      "OTHER"
     ],
     "doc": "DRAWN: by chance, with a known probability. All others chose themselves or were chosen without chance, and are never part of an estimate. OTHER: an expert looks at what others settled, for an audit, or decided about a verdict without a task.",
     "default": "OTHER"
    },
    "doc": "Why people were asked."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "labelerId",
    "type": "string",
    "doc": "The person, by a hash of the name, 'u-...'."
   },
   {
    "name": "labelerRole",
    "type": {
     "type": "enum",
     "name": "LabelerRole",
     "symbols": [
      "REVIEWER",
      "EXPERT"
     ],
     "doc": "In which role the person answered."
    },
    "doc": "The answer of an EXPERT settles."
   },
   {
    "name": "raterGroup",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Group of raters, such as a language or a team, so that disagreement between groups can be seen."
   },
   {
    "name": "purpose",
    "type": {
     "type": "enum",
     "name": "TaskPurpose",
     "symbols": [
      "FRESH",
      "GOLD",
      "REPEAT"
     ],
     "doc": "FRESH: an open task. GOLD: an item whose answer is known. REPEAT: an item that this person answered before."
    },
    "doc": "Why this person saw the item now."
   },
   {
    "name": "ordinal",
    "type": "int",
    "doc": "How many tasks the person had been given before."
   },
   {
    "name": "outcome",
    "type": {
     "type": "enum",
     "name": "TaskOutcome",
     "symbols": [
      "ANSWERED",
      "SKIPPED",
      "ESCALATED"
     ],
     "doc": "ANSWERED; SKIPPED: somebody else shall; ESCALATED: an expert or the legal queue shall."
    },
    "doc": "What the person did."
   },
   {
    "name": "answers",
    "type": {
     "type": "map",
     "values": {
      "type": "enum",
      "name": "Answer",
      "symbols": [
       "YES",
       "NO",
       "UNSURE"
      ],
      "doc": "What a person says to a question of fact."
     }
    },
    "default": {},
    "doc": "Answer by question@version; empty unless ANSWERED."
   },
   {
    "name": "reason",
    "type": [
     "null",
     {
      "type": "enum",
      "name": "TaskReason",
      "symbols": [
       "LANGUAGE",
       "UPSETTING",
       "UNREADABLE",
       "GONE",
       "MINOR",
       "LEGAL",
       "DOUBT",
       "OTHER"
      ],
      "doc": "LANGUAGE: cannot read it. UPSETTING: does not want to. UNREADABLE: no sense in it. GONE: there is no text any more. MINOR: a child may be in danger. LEGAL: the law may ask for a report. DOUBT: an expert should look.",
      "default": "OTHER"
     }
    ],
    "default": null,
    "doc": "Why it was skipped or escalated."
   },
   {
    "name": "decision",
    "type": [
     "null",
     {
      "type": "record",
      "name": "VerdictDecision",
      "doc": "What an expert decides about a verdict.",
      "fields": [
       {
        "name": "channel",
        "type": "string",
        "doc": "Channel of the verdict."
       },
       {
        "name": "verdictId",
        "type": "string",
        "doc": "Verdict that was looked at."
       },
       {
        "name": "action",
        "type": {
         "type": "enum",
         "name": "Action",
         "symbols": [
          "ALLOW",
          "REVIEW",
          "BLOCK"
         ],
         "doc": "What the platform should do, from gentle to strict."
        },
        "doc": "What shall hold from now on."
       },
       {
        "name": "overturns",
        "type": "boolean",
        "doc": "Whether it differs from what the verdict said: then verdict.requested asks for a superseding one."
       }
      ]
     }
    ],
    "default": null,
    "doc": "Decision on an appeal, or an override; null otherwise."
   },
   {
    "name": "policies",
    "type": {
     "type": "array",
     "items": "string"
    },
    "default": [],
    "doc": "policyId@version of the policies whose questions were asked."
   },
   {
    "name": "textHash",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "SHA-256 of the text that was shown, first 32 hex digits; null for imports without text."
   },
   {
    "name": "windowFrom",
    "type": [
     "null",
     {
      "type": "long",
      "logicalType": "timestamp-millis"
     }
    ],
    "default": null,
    "doc": "Sampling window of a draw; null otherwise."
   },
   {
    "name": "leasedAt",
    "type": [
     "null",
     {
      "type": "long",
      "logicalType": "timestamp-millis"
     }
    ],
    "default": null,
    "doc": "When the item was handed out; null for imports."
   },
   {
    "name": "durationMs",
    "type": [
     "null",
     "int"
    ],
    "default": null,
    "doc": "Milliseconds from the item on the screen to the answer, as the browser measured; null: not known."
   },
   {
    "name": "submittedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the answer was received; for imports, when it was given, if the file says so."
   }
  ]
 },
 "policy/published": {
  "type": "record",
  "name": "PolicyPublished",
  "namespace": "tidegate.policy",
  "doc": "One immutable version of a policy. Key policyId@version.",
  "fields": [
   {
    "name": "policyId",
    "type": "string",
    "doc": "The policy."
   },
   {
    "name": "version",
    "type": "int",
    "doc": "Version, from 1."
   },
   {
    "name": "title",
    "type": "string",
    "doc": "Name for people."
   },
   {
    "name": "owner",
    "type": "string",
    "doc": "Who answers for it."
   },
   {
    "name": "changelog",
    "type": "string",
    "doc": "What changed in this version."
   },
   {
    "name": "categories",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "Categories that the policy knows, in order."
   },
   {
    "name": "channels",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "ChannelPolicy",
      "doc": "What the policy asks for in one channel.",
      "fields": [
       {
        "name": "uncovered",
        "type": {
         "type": "enum",
         "name": "Uncovered",
         "symbols": [
          "ALLOW",
          "REVIEW"
         ],
         "doc": "What a category does that no model covers."
        },
        "doc": "For categories without a model."
       },
       {
        "name": "targets",
        "type": {
         "type": "map",
         "values": {
          "type": "record",
          "name": "CategoryTarget",
          "doc": "Service levels of one category and the thresholds that hold until they can be solved.",
          "fields": [
           {
            "name": "blockPrecision",
            "type": [
             "null",
             "double"
            ],
            "default": null,
            "doc": "Block only where the precision is at least this."
           },
           {
            "name": "reviewRecall",
            "type": [
             "null",
             "double"
            ],
            "default": null,
            "doc": "Send to review so that the recall is at least this."
           },
           {
            "name": "provisionalBlock",
            "type": [
             "null",
             "double"
            ],
            "default": null,
            "doc": "Declared block threshold until there are labels enough."
           },
           {
            "name": "provisionalReview",
            "type": [
             "null",
             "double"
            ],
            "default": null,
            "doc": "Declared review threshold until there are labels enough."
           }
          ]
         }
        },
        "doc": "By category."
       }
      ]
     }
    },
    "doc": "By channel."
   },
   {
    "name": "document",
    "type": "string",
    "doc": "The policy as it was written, YAML."
   },
   {
    "name": "documentHash",
    "type": "string",
    "doc": "SHA-256 of the document, first 32 hex digits."
   },
   {
    "name": "publishedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was published."
   }
  ]
 },
 "policy/requested": {
  "type": "record",
  "name": "PolicyRequested",
  "namespace": "tidegate.policy",
  "doc": "Somebody asks the policy role to publish a policy document. Key requestId.",
  "fields": [
   {
    "name": "requestId",
    "type": "string",
    "doc": "Hash of the document."
   },
   {
    "name": "document",
    "type": "string",
    "doc": "The policy document, YAML."
   },
   {
    "name": "requestedBy",
    "type": "string",
    "doc": "Role or person (by role) that asks."
   },
   {
    "name": "requestedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was asked."
   }
  ]
 },
 "prediction/scored": {
  "type": "record",
  "name": "PredictionScored",
  "namespace": "tidegate.prediction",
  "doc": "What the models say of one revision of one content: one record per revision. Carries no text. Key platform/contentId.",
  "fields": [
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "ContentKind",
     "symbols": [
      "POST",
      "COMMENT",
      "MESSAGE",
      "PROFILE",
      "PROMPT",
      "COMPLETION",
      "OTHER"
     ],
     "doc": "What the text is on its platform.",
     "default": "OTHER"
    },
    "doc": "What the text is.",
    "default": "OTHER"
   },
   {
    "name": "language",
    "type": "string",
    "doc": "Detected language, BCP-47, or 'und'."
   },
   {
    "name": "languageConfidence",
    "type": "float",
    "doc": "Confidence of the detection, 0 to 1."
   },
   {
    "name": "authorHash",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "HMAC-SHA-256 of platform and authorId under the installation's secret, first 32 hex digits."
   },
   {
    "name": "conversationHash",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "HMAC-SHA-256 of platform and conversationId under the installation's secret, first 32 hex digits."
   },
   {
    "name": "textHash",
    "type": "string",
    "doc": "SHA-256 of the text, first 32 hex digits."
   },
   {
    "name": "textLength",
    "type": "int",
    "doc": "Length of the text in UTF-16 code units."
   },
   {
    "name": "duplicateKey",
    "type": "string",
    "doc": "Near-duplicate key: equal for texts that differ in little, 16 hex digits."
   },
   {
    "name": "obfuscation",
    "type": {
     "type": "record",
     "name": "Obfuscation",
     "doc": "How often the normaliser had to undo a disguise.",
     "fields": [
      {
       "name": "zeroWidth",
       "type": "int",
       "doc": "Default-ignorable characters dropped."
      },
      {
       "name": "bidi",
       "type": "int",
       "doc": "Bidirectional controls resolved."
      },
      {
       "name": "confusable",
       "type": "int",
       "doc": "Characters replaced by their look-alike."
      },
      {
       "name": "mixedScript",
       "type": "int",
       "doc": "Tokens that mix scripts."
      },
      {
       "name": "leet",
       "type": "int",
       "doc": "Digits and symbols read as letters."
      },
      {
       "name": "spacedLetters",
       "type": "int",
       "doc": "Runs of spaced single letters joined."
      },
      {
       "name": "repeats",
       "type": "int",
       "doc": "Runs of repeated characters squeezed."
      },
      {
       "name": "encoded",
       "type": "int",
       "doc": "Encoded parts decoded."
      }
     ]
    },
    "doc": "Obfuscation counters."
   },
   {
    "name": "scores",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "ModelScore",
      "doc": "The raw output of one model.",
      "fields": [
       {
        "name": "modelId",
        "type": "string",
        "doc": "The model."
       },
       {
        "name": "tier",
        "type": {
         "type": "enum",
         "name": "Tier",
         "symbols": [
          "NGRAM",
          "ENCODER"
         ],
         "doc": "Which tier of the cascade scored.",
         "default": "NGRAM"
        },
        "doc": "Tier that scored.",
        "default": "NGRAM"
       },
       {
        "name": "logits",
        "type": {
         "type": "map",
         "values": "float"
        },
        "doc": "Logit by category, rounded to a multiple of 2^-12."
       }
      ]
     }
    },
    "doc": "One entry per model that ran."
   },
   {
    "name": "assignments",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "Assignment",
      "doc": "Which bundle judges this content in one channel, and the calibrated probabilities.",
      "fields": [
       {
        "name": "channel",
        "type": "string",
        "doc": "The channel."
       },
       {
        "name": "role",
        "type": {
         "type": "enum",
         "name": "Role",
         "symbols": [
          "LIVE",
          "CANARY",
          "SHADOW"
         ],
         "doc": "Which part the bundle plays in its channel. LIVE and CANARY are effective, SHADOW never becomes a verdict."
        },
        "doc": "Part of the bundle in its channel."
       },
       {
        "name": "mode",
        "type": {
         "type": "enum",
         "name": "Mode",
         "symbols": [
          "NORMAL",
          "REVIEW_ALL",
          "ALLOW_ALL"
         ],
         "doc": "How the channel runs: by its policy, or by the kill switch.",
         "default": "NORMAL"
        },
        "doc": "How the channel ran.",
        "default": "NORMAL"
       },
       {
        "name": "deploymentId",
        "type": "string",
        "doc": "The bundle."
       },
       {
        "name": "modelId",
        "type": "string",
        "doc": "Its model, in scores; the scores may be missing when it failed."
       },
       {
        "name": "calibrationId",
        "type": "string",
        "doc": "Its calibration."
       },
       {
        "name": "probabilities",
        "type": {
         "type": "map",
         "values": "float"
        },
        "doc": "Calibrated probability by category; empty when the model failed."
       },
       {
        "name": "error",
        "type": [
         "null",
         "string"
        ],
        "default": null,
        "doc": "Code of the failure when the model did not score."
       }
      ]
     }
    },
    "doc": "Exactly one effective assignment per channel, and any number of SHADOW ones."
   },
   {
    "name": "source",
    "type": {
     "type": "record",
     "name": "Source",
     "doc": "Where in Kafka the record stands that caused this one.",
     "fields": [
      {
       "name": "topic",
       "type": "string",
       "doc": "Topic, without the configured prefix."
      },
      {
       "name": "partition",
       "type": "int",
       "doc": "Partition."
      },
      {
       "name": "offset",
       "type": "long",
       "doc": "Offset."
      }
     ]
    },
    "doc": "The content.submitted record that was scored."
   },
   {
    "name": "submittedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the platform submitted the content."
   },
   {
    "name": "scoredAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was scored; never decreases within a partition."
   }
  ]
 },
 "sampling/closed": {
  "type": "record",
  "name": "SamplingClosed",
  "namespace": "tidegate.sampling",
  "doc": "A draw of a closed window that people shall see, with its final inclusion probability after the cap, or a content picked for training alone. Carries no text. Key drawId.",
  "fields": [
   {
    "name": "drawId",
    "type": "string",
    "doc": "The draw; of a train-only pick the hash of window and revision."
   },
   {
    "name": "origin",
    "type": {
     "type": "enum",
     "name": "DrawOrigin",
     "symbols": [
      "DRAWN",
      "TRAIN_ONLY"
     ],
     "doc": "DRAWN: by chance, with a probability. TRAIN_ONLY: chosen for training, never part of an estimate."
    },
    "doc": "How it was chosen."
   },
   {
    "name": "planId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "The plan; null: bootstrap."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "Reference channel of the plan."
   },
   {
    "name": "windowFrom",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "Window of scoredAt."
   },
   {
    "name": "windowTo",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "Its end."
   },
   {
    "name": "probability",
    "type": [
     "null",
     "double"
    ],
    "default": null,
    "doc": "Final inclusion probability: of the draw times of the cap; null for TRAIN_ONLY."
   },
   {
    "name": "capProbability",
    "type": [
     "null",
     "double"
    ],
    "default": null,
    "doc": "Probability with which the cap kept it; 1 when nothing was cut; null for TRAIN_ONLY."
   },
   {
    "name": "value",
    "type": [
     "null",
     "double"
    ],
    "default": null,
    "doc": "What a label is worth, for the order of TRAIN_ONLY; null for DRAWN, which is served by hash."
   },
   {
    "name": "team",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Who shall be asked."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "ContentKind",
     "symbols": [
      "POST",
      "COMMENT",
      "MESSAGE",
      "PROFILE",
      "PROMPT",
      "COMPLETION",
      "OTHER"
     ],
     "doc": "What the text is on its platform.",
     "default": "OTHER"
    },
    "default": "OTHER",
    "doc": "What the text is."
   },
   {
    "name": "language",
    "type": "string",
    "doc": "Detected language, BCP-47, or 'und'."
   },
   {
    "name": "duplicateKey",
    "type": "string",
    "doc": "Key of near-duplicates, 16 hex digits."
   },
   {
    "name": "conversationHash",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Keyed hash of the conversation, for the context beside the item."
   },
   {
    "name": "closedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the window was closed."
   }
  ]
 },
 "sampling/drawn": {
  "type": "record",
  "name": "SamplingDrawn",
  "namespace": "tidegate.sampling",
  "doc": "A content that was drawn for people, with the probability that it had. Contents that were not drawn leave no record: the plan and the hash say so. Carries no text. Key platform/contentId.",
  "fields": [
   {
    "name": "drawId",
    "type": "string",
    "doc": "SHA-256 of plan and revision, first 32 hex digits."
   },
   {
    "name": "planId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "The plan; null: the uniform bootstrap draw while there was none."
   },
   {
    "name": "saltId",
    "type": "string",
    "doc": "Hash of the secret salt of the draw, first 16 hex digits."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "Reference channel of the plan."
   },
   {
    "name": "windowFrom",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "Window of scoredAt in which the draw is closed."
   },
   {
    "name": "windowTo",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "Its end."
   },
   {
    "name": "team",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Who shall be asked; null under the bootstrap, which knows no teams."
   },
   {
    "name": "u",
    "type": "double",
    "doc": "The content's random number in [0, 1): the top 53 bits of SHA-256(salt | platform/contentId/revision)."
   },
   {
    "name": "probability",
    "type": "double",
    "doc": "Inclusion probability of the draw, in (0, 1]; drawn because u is below it."
   },
   {
    "name": "parts",
    "type": {
     "type": "record",
     "name": "InclusionParts",
     "doc": "What the probability is made of, before the cut at 1.",
     "fields": [
      {
       "name": "uniform",
       "type": "double",
       "doc": "Every content has it."
      },
      {
       "name": "threshold",
       "type": "double",
       "doc": "For scores at or above a threshold, over all categories."
      },
      {
       "name": "uncertainty",
       "type": "double",
       "doc": "For uncertain scores, over all categories."
      },
      {
       "name": "metadataFactor",
       "type": "double",
       "doc": "Contained in the two before; above 1 where language, kind and platform are rare."
      }
     ]
    },
    "doc": "By arm."
   },
   {
    "name": "scores",
    "type": {
     "type": "map",
     "values": "float"
    },
    "doc": "Calibrated probabilities of the reference channel by category, as they were when it was drawn; empty when the model failed."
   },
   {
    "name": "deploymentId",
    "type": "string",
    "doc": "Bundle that gave the scores."
   },
   {
    "name": "modelId",
    "type": "string",
    "doc": "Its model."
   },
   {
    "name": "calibrationId",
    "type": "string",
    "doc": "Its calibration."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "ContentKind",
     "symbols": [
      "POST",
      "COMMENT",
      "MESSAGE",
      "PROFILE",
      "PROMPT",
      "COMPLETION",
      "OTHER"
     ],
     "doc": "What the text is on its platform.",
     "default": "OTHER"
    },
    "default": "OTHER",
    "doc": "What the text is."
   },
   {
    "name": "language",
    "type": "string",
    "doc": "Detected language, BCP-47, or 'und'."
   },
   {
    "name": "textHash",
    "type": "string",
    "doc": "SHA-256 of the text, first 32 hex digits."
   },
   {
    "name": "duplicateKey",
    "type": "string",
    "doc": "Key of near-duplicates, 16 hex digits."
   },
   {
    "name": "conversationHash",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Keyed hash of the conversation, for the context beside the item."
   },
   {
    "name": "source",
    "type": {
     "type": "record",
     "name": "Source",
     "doc": "Where in Kafka the record stands that caused this one.",
     "fields": [
      {
       "name": "topic",
       "type": "string",
       "doc": "Topic, without the configured prefix."
      },
      {
       "name": "partition",
       "type": "int",
       "doc": "Partition."
      },
      {
       "name": "offset",
       "type": "long",
       "doc": "Offset."
      }
     ]
    },
    "doc": "The record of prediction.scored."
   },
   {
    "name": "scoredAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was scored; decides the plan."
   },
   {
    "name": "drawnAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was drawn."
   }
  ]
 },
 "sampling/planned": {
  "type": "record",
  "name": "SamplingPlanned",
  "namespace": "tidegate.sampling",
  "doc": "How contents are drawn for people in one window of scoredAt: immutable and whole, so that every draw can be replayed. A plan that was appended after `windowFrom` is void. Key planId.",
  "fields": [
   {
    "name": "planId",
    "type": "string",
    "doc": "`plan-` and the hash of all that decides."
   },
   {
    "name": "saltId",
    "type": "string",
    "doc": "Hash of the secret salt of the draw, first 16 hex digits: says which salt, not what it is."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "Channel whose effective assignment gives scores and thresholds."
   },
   {
    "name": "windowFrom",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "First scoredAt that the plan draws."
   },
   {
    "name": "windowTo",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "First scoredAt that it no longer draws."
   },
   {
    "name": "observedFrom",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "Begin of the closed window whose contents the numbers come from."
   },
   {
    "name": "observedTo",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "Its end, at or before `windowFrom`."
   },
   {
    "name": "uniformShare",
    "type": "double",
    "doc": "Part of the budget that is drawn uniformly (r of sampling 1.2)."
   },
   {
    "name": "thresholdShare",
    "type": "double",
    "doc": "Part of a category's budget for contents at or above its threshold (a of sampling 1.2)."
   },
   {
    "name": "strata",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "PlanStratum",
      "doc": "Contents in some languages: a population with a budget of its own.",
      "fields": [
       {
        "name": "languages",
        "type": {
         "type": "array",
         "items": "string"
        },
        "doc": "Detected languages; empty: all that no other stratum names."
       },
       {
        "name": "teams",
        "type": {
         "type": "array",
         "items": {
          "type": "record",
          "name": "TeamShare",
          "doc": "A team and its part of the stratum's labels.",
          "fields": [
           {
            "name": "team",
            "type": "string",
            "doc": "The team."
           },
           {
            "name": "share",
            "type": "double",
            "doc": "The parts add up to 1."
           }
          ]
         }
        },
        "doc": "Who is asked."
       },
       {
        "name": "budget",
        "type": "double",
        "doc": "Labels with a probability that the window should bring (B)."
       },
       {
        "name": "trainOnlyBudget",
        "type": "double",
        "doc": "Labels without a probability that the window should bring."
       },
       {
        "name": "contents",
        "type": "long",
        "doc": "Contents in the observed window (N)."
       },
       {
        "name": "uniformRate",
        "type": "double",
        "doc": "Probability that every content has at least; no weight exceeds its inverse."
       },
       {
        "name": "multiplier",
        "type": "double",
        "doc": "Of the parts above the uniform rate, so that clipping at 1 loses no labels."
       },
       {
        "name": "categories",
        "type": {
         "type": "array",
         "items": {
          "type": "record",
          "name": "PlanCategory",
          "doc": "What one category adds to the probability.",
          "fields": [
           {
            "name": "category",
            "type": "string",
            "doc": "The category."
           },
           {
            "name": "scoredBy",
            "type": [
             "null",
             "string"
            ],
            "default": null,
            "doc": "Category whose score is used: itself, or its nearest one while it has no trained head; null: its budget is drawn uniformly."
           },
           {
            "name": "threshold",
            "type": [
             "null",
             "double"
            ],
            "default": null,
            "doc": "Score from which the threshold arm draws; null: the category never acts in the channel."
           },
           {
            "name": "share",
            "type": "double",
            "doc": "Part of the budget above the uniform share; the parts add up to 1."
           },
           {
            "name": "above",
            "type": "double",
            "doc": "Sum of the metadata factors over observed contents at or above the threshold (A_c)."
           },
           {
            "name": "uncertainty",
            "type": "double",
            "doc": "Sum of metadata factor times sqrt(s(1-s)) over the observed contents (G_c)."
           },
           {
            "name": "thresholdWeight",
            "type": "double",
            "doc": "Probability that a content at or above the threshold gains, before metadata factor and multiplier."
           },
           {
            "name": "uncertaintyWeight",
            "type": "double",
            "doc": "Probability that a content gains for each unit of sqrt(s(1-s)), before metadata factor and multiplier."
           }
          ]
         }
        },
        "doc": "In the order of their names."
       },
       {
        "name": "buckets",
        "type": {
         "type": "map",
         "values": {
          "type": "record",
          "name": "PlanBucket",
          "doc": "Contents that share language, kind and platform.",
          "fields": [
           {
            "name": "contents",
            "type": "long",
            "doc": "In the observed window."
           },
           {
            "name": "factor",
            "type": "double",
            "doc": "Metadata factor (m of sampling 1.2), 0.2 to 5."
           }
          ]
         }
        },
        "doc": "By `language/kind/platform`."
       },
       {
        "name": "otherFactor",
        "type": "double",
        "doc": "Metadata factor of contents whose bucket is not listed."
       }
      ]
     }
    },
    "doc": "One for each group of languages that has a budget of its own."
   },
   {
    "name": "plannedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was computed."
   }
  ]
 },
 "training/completed": {
  "type": "record",
  "name": "TrainingCompleted",
  "namespace": "tidegate.training",
  "doc": "A trained model, whose files are in the artefact store, or a calibration, all of which is here. Key artefactId.",
  "fields": [
   {
    "name": "artefactId",
    "type": "string",
    "doc": "m- or c- and the hash of all that decides a probability."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "ArtefactKind",
     "symbols": [
      "MODEL",
      "CALIBRATION"
     ],
     "doc": "MODEL: a trained model with its calibrators and thresholds. CALIBRATION: other calibrators and thresholds for a model that there is.",
     "default": "MODEL"
    },
    "doc": "What it is."
   },
   {
    "name": "requestId",
    "type": "string",
    "doc": "The request that it answers; of several with the same outcome the first."
   },
   {
    "name": "modelId",
    "type": "string",
    "doc": "The model; of a MODEL the artefactId."
   },
   {
    "name": "modelSha256",
    "type": "string",
    "doc": "SHA-256 of its file."
   },
   {
    "name": "name",
    "type": "string",
    "doc": "Name of the recipe."
   },
   {
    "name": "family",
    "type": "string",
    "doc": "Family of the model: HASHED_LINEAR, STACKED_ENCODER, EXTERNAL."
   },
   {
    "name": "datasetId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Data set that it learned from; null for a calibration."
   },
   {
    "name": "recipeId",
    "type": "string",
    "doc": "r- and the hash of the recipe."
   },
   {
    "name": "parentModelId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Model that it started from."
   },
   {
    "name": "channel",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Of a calibration the channel."
   },
   {
    "name": "policyId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Policy whose targets the thresholds meet; null: targets of the recipe."
   },
   {
    "name": "policyVersion",
    "type": [
     "null",
     "int"
    ],
    "default": null,
    "doc": "Its version."
   },
   {
    "name": "categories",
    "type": {
     "type": "array",
     "items": "string"
    },
    "doc": "Categories that it covers, in the order of its outputs."
   },
   {
    "name": "calibrators",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "Calibrator",
      "namespace": "tidegate.deployment",
      "doc": "Monotone map from a logit to a probability.",
      "fields": [
       {
        "name": "kind",
        "type": {
         "type": "enum",
         "name": "CalibratorKind",
         "symbols": [
          "PLATT",
          "BETA",
          "ISOTONIC",
          "IDENTITY"
         ],
         "doc": "Family of the map."
        },
        "doc": "Family."
       },
       {
        "name": "parameters",
        "type": {
         "type": "array",
         "items": "double"
        },
        "doc": "PLATT: A, B; BETA: a, b, c; otherwise empty."
       },
       {
        "name": "x",
        "type": {
         "type": "array",
         "items": "double"
        },
        "doc": "ISOTONIC: knots, logits ascending.",
        "default": []
       },
       {
        "name": "y",
        "type": {
         "type": "array",
         "items": "double"
        },
        "doc": "ISOTONIC: probabilities at the knots.",
        "default": []
       }
      ]
     }
    },
    "doc": "By category."
   },
   {
    "name": "thresholds",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "Thresholds",
      "namespace": "tidegate.deployment",
      "doc": "Where review and block begin.",
      "fields": [
       {
        "name": "review",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Review from this probability on; null: never."
       },
       {
        "name": "block",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Block from this probability on; null: never."
       },
       {
        "name": "provisional",
        "type": "boolean",
        "doc": "True while declared by the policy and not solved from labels."
       }
      ]
     }
    },
    "doc": "By category."
   },
   {
    "name": "unmetTargets",
    "type": {
     "type": "array",
     "items": {
      "type": "record",
      "name": "UnmetTarget",
      "doc": "A target of the policy that the labels do not let it promise.",
      "fields": [
       {
        "name": "category",
        "type": "string",
        "doc": "The category."
       },
       {
        "name": "action",
        "type": "string",
        "doc": "REVIEW or BLOCK."
       },
       {
        "name": "target",
        "type": "double",
        "doc": "The target."
       },
       {
        "name": "why",
        "type": "string",
        "doc": "Why it cannot be met yet."
       },
       {
        "name": "fallback",
        "type": "string",
        "doc": "What the category does instead."
       }
      ]
     }
    },
    "default": [],
    "doc": "Targets that cannot be met yet."
   },
   {
    "name": "metrics",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "CategoryFigures",
      "doc": "Quality of one category on held-out rows.",
      "fields": [
       {
        "name": "rows",
        "type": "long",
        "doc": "Rows with a known label."
       },
       {
        "name": "positives",
        "type": "long",
        "doc": "Of them yes."
       },
       {
        "name": "averagePrecision",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Area under the precision-recall curve; null without positives."
       },
       {
        "name": "low",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "95 % bootstrap interval."
       },
       {
        "name": "high",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "95 % bootstrap interval."
       },
       {
        "name": "rocAuc",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Area under the ROC curve."
       }
      ]
     }
    },
    "default": {},
    "doc": "By category."
   },
   {
    "name": "bytes",
    "type": "long",
    "doc": "Size of its files; 0 of a calibration."
   },
   {
    "name": "release",
    "type": "string",
    "doc": "Release of the product that trained it."
   },
   {
    "name": "completedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was completed."
   }
  ]
 },
 "training/progressed": {
  "type": "record",
  "name": "TrainingProgressed",
  "namespace": "tidegate.training",
  "doc": "How far the work on one request is.  Key requestId.",
  "fields": [
   {
    "name": "requestId",
    "type": "string",
    "doc": "The request."
   },
   {
    "name": "attempt",
    "type": "int",
    "doc": "Counts the starts of the work, from 1: a role that was killed begins another one."
   },
   {
    "name": "sequence",
    "type": "int",
    "doc": "Counts what an attempt says, from 0; of a request the highest attempt and sequence hold."
   },
   {
    "name": "state",
    "type": {
     "type": "enum",
     "name": "WorkState",
     "namespace": "tidegate",
     "symbols": [
      "STARTED",
      "RUNNING",
      "COMPLETED",
      "FAILED"
     ],
     "doc": "STARTED: an attempt began. RUNNING: a step of it. COMPLETED and FAILED end the request.",
     "default": "RUNNING"
    },
    "doc": "Where it stands."
   },
   {
    "name": "step",
    "type": "string",
    "doc": "What is being done, in a few words; never content."
   },
   {
    "name": "done",
    "type": "long",
    "default": 0,
    "doc": "Parts of the step that are done."
   },
   {
    "name": "total",
    "type": "long",
    "default": 0,
    "doc": "Parts that it has; 0: not known."
   },
   {
    "name": "detail",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "FAILED: why, and what to do about it. Names field, file and line; never content."
   },
   {
    "name": "subjectId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "The artefact, once it is known."
   },
   {
    "name": "at",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was said."
   }
  ]
 },
 "training/requested": {
  "type": "record",
  "name": "TrainingRequested",
  "namespace": "tidegate.training",
  "doc": "A wish for a model, or for another calibration of a model. Key requestId.",
  "fields": [
   {
    "name": "requestId",
    "type": "string",
    "doc": "Hash of cause, causeId, data set, recipe and parent: the same wish again is the same request."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "ArtefactKind",
     "symbols": [
      "MODEL",
      "CALIBRATION"
     ],
     "doc": "MODEL: a trained model with its calibrators and thresholds. CALIBRATION: other calibrators and thresholds for a model that there is.",
     "default": "MODEL"
    },
    "doc": "What is wanted."
   },
   {
    "name": "datasetId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Data set to train on; null for a calibration, which takes the labels of the live sample."
   },
   {
    "name": "recipe",
    "type": "string",
    "doc": "Name of a recipe that the role has, or the whole recipe as YAML."
   },
   {
    "name": "parentModelId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "MODEL: model to start from. CALIBRATION: model to calibrate; null: the live one of the channel."
   },
   {
    "name": "channel",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "CALIBRATION: channel whose policy and labels count."
   },
   {
    "name": "cause",
    "type": {
     "type": "enum",
     "name": "WorkCause",
     "namespace": "tidegate",
     "symbols": [
      "PERSON",
      "SCHEDULE",
      "LABELS",
      "POLICY",
      "DRIFT",
      "OTHER"
     ],
     "doc": "PERSON: somebody asked. SCHEDULE: its time had come. LABELS: enough new labels. POLICY: a new version of the policy. DRIFT: an alert.",
     "default": "OTHER"
    },
    "doc": "Why."
   },
   {
    "name": "causeId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "What caused it: a data set, a policy version, an alert, a window of the schedule."
   },
   {
    "name": "requestedBy",
    "type": "string",
    "doc": "Role, or person by id."
   },
   {
    "name": "requestedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When."
   }
  ]
 },
 "verdict/issued": {
  "type": "record",
  "name": "VerdictIssued",
  "namespace": "tidegate.verdict",
  "doc": "What a channel's policy makes of a prediction. Public: the channel's consumers read it. Key platform/contentId.",
  "fields": [
   {
    "name": "verdictId",
    "type": "string",
    "doc": "SHA-256 over platform, contentId, revision, textHash, channel, deploymentId, mode, kind and causeId; first 32 hex digits."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "VerdictKind",
     "symbols": [
      "ISSUED",
      "SUPERSEDED",
      "RETRACTED"
     ],
     "doc": "First verdict; a verdict that replaces the one named in supersedes; withdrawal of the one named in supersedes."
    },
    "doc": "Kind of verdict."
   },
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "The channel."
   },
   {
    "name": "action",
    "type": {
     "type": "enum",
     "name": "Action",
     "symbols": [
      "ALLOW",
      "REVIEW",
      "BLOCK"
     ],
     "doc": "What the platform should do, from gentle to strict."
    },
    "doc": "The strictest action over the categories."
   },
   {
    "name": "categories",
    "type": {
     "type": "map",
     "values": {
      "type": "record",
      "name": "CategoryVerdict",
      "doc": "What one category contributed.",
      "fields": [
       {
        "name": "probability",
        "type": "float",
        "doc": "Calibrated probability."
       },
       {
        "name": "action",
        "type": "Action",
        "doc": "Action that this category asks for."
       },
       {
        "name": "reviewThreshold",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Review from this probability on; null: never."
       },
       {
        "name": "blockThreshold",
        "type": [
         "null",
         "double"
        ],
        "default": null,
        "doc": "Block from this probability on; null: never."
       },
       {
        "name": "provisional",
        "type": "boolean",
        "doc": "True while the thresholds are declared by the policy and not yet solved from labels.",
        "default": false
       }
      ]
     }
    },
    "doc": "By category; empty when no model decided."
   },
   {
    "name": "deploymentId",
    "type": "string",
    "doc": "Bundle that decided; empty for a human override."
   },
   {
    "name": "modelId",
    "type": "string",
    "doc": "Model of the bundle."
   },
   {
    "name": "calibrationId",
    "type": "string",
    "doc": "Calibration of the bundle."
   },
   {
    "name": "thresholdSetId",
    "type": "string",
    "doc": "Thresholds of the bundle."
   },
   {
    "name": "policyId",
    "type": "string",
    "doc": "Policy of the bundle."
   },
   {
    "name": "policyVersion",
    "type": "int",
    "doc": "Version of the policy."
   },
   {
    "name": "role",
    "type": {
     "type": "enum",
     "name": "Role",
     "symbols": [
      "LIVE",
      "CANARY",
      "SHADOW"
     ],
     "doc": "Which part the bundle plays in its channel. LIVE and CANARY are effective, SHADOW never becomes a verdict."
    },
    "doc": "LIVE or CANARY."
   },
   {
    "name": "mode",
    "type": {
     "type": "enum",
     "name": "Mode",
     "symbols": [
      "NORMAL",
      "REVIEW_ALL",
      "ALLOW_ALL"
     ],
     "doc": "How the channel runs: by its policy, or by the kill switch.",
     "default": "NORMAL"
    },
    "doc": "How the channel ran.",
    "default": "NORMAL"
   },
   {
    "name": "decidedBy",
    "type": {
     "type": "enum",
     "name": "Decider",
     "symbols": [
      "MODEL",
      "MODE",
      "UNCOVERED",
      "PERSON"
     ],
     "doc": "The thresholds; the kill switch; the rule for uncovered categories; a person.",
     "default": "MODEL"
    },
    "doc": "What settled the action.",
    "default": "MODEL"
   },
   {
    "name": "textHash",
    "type": "string",
    "doc": "SHA-256 of the text, first 32 hex digits."
   },
   {
    "name": "causeId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "What asked for this verdict, when it was not the content itself."
   },
   {
    "name": "supersedes",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "verdictId that this record replaces or withdraws."
   },
   {
    "name": "reason",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Why, in a few words; never content."
   },
   {
    "name": "source",
    "type": {
     "type": "record",
     "name": "Source",
     "doc": "Where in Kafka the record stands that caused this one.",
     "fields": [
      {
       "name": "topic",
       "type": "string",
       "doc": "Topic, without the configured prefix."
      },
      {
       "name": "partition",
       "type": "int",
       "doc": "Partition."
      },
      {
       "name": "offset",
       "type": "long",
       "doc": "Offset."
      }
     ]
    },
    "doc": "The prediction.scored or verdict.requested record that was decided."
   },
   {
    "name": "submittedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the platform submitted the content, or when the request was made."
   },
   {
    "name": "issuedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When the verdict was decided."
   }
  ]
 },
 "verdict/overridden": {
  "type": "record",
  "name": "VerdictOverridden",
  "namespace": "tidegate.verdict",
  "doc": "A human decision that outlives re-scores, until it is withdrawn (tombstone). Key platform/contentId/revision/channel.",
  "fields": [
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "The channel."
   },
   {
    "name": "action",
    "type": {
     "type": "enum",
     "name": "Action",
     "symbols": [
      "ALLOW",
      "REVIEW",
      "BLOCK"
     ],
     "doc": "What the platform should do, from gentle to strict."
    },
    "doc": "The person's decision."
   },
   {
    "name": "causeId",
    "type": "string",
    "doc": "Request behind it."
   },
   {
    "name": "verdictId",
    "type": "string",
    "doc": "Verdict that carried it."
   },
   {
    "name": "overriddenAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was decided."
   }
  ]
 },
 "verdict/requested": {
  "type": "record",
  "name": "VerdictRequested",
  "namespace": "tidegate.verdict",
  "doc": "Somebody asks for another verdict on a revision: an overturned appeal, a human override, a policy reversal or a re-score after a roll-back. Key platform/contentId.",
  "fields": [
   {
    "name": "requestId",
    "type": "string",
    "doc": "Hash of what is asked: repetition is harmless."
   },
   {
    "name": "contentId",
    "type": "string",
    "doc": "Id of the content on its platform."
   },
   {
    "name": "revision",
    "type": "int",
    "doc": "Revision of the content."
   },
   {
    "name": "platform",
    "type": "string",
    "doc": "The platform that published the content."
   },
   {
    "name": "channel",
    "type": "string",
    "doc": "Channel of the verdict."
   },
   {
    "name": "kind",
    "type": {
     "type": "enum",
     "name": "RequestKind",
     "symbols": [
      "OVERRIDE",
      "WITHDRAW_OVERRIDE",
      "RESCORE",
      "RETRACT"
     ],
     "doc": "A person decides; a person takes a decision back; a bundle decides anew; the verdict is withdrawn."
    },
    "doc": "What is asked."
   },
   {
    "name": "causeId",
    "type": "string",
    "doc": "Id of the appeal, policy version, deployment or operator's command behind it."
   },
   {
    "name": "supersedes",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "verdictId that the answer replaces or retracts."
   },
   {
    "name": "action",
    "type": [
     "null",
     {
      "type": "enum",
      "name": "Action",
      "symbols": [
       "ALLOW",
       "REVIEW",
       "BLOCK"
      ],
      "doc": "What the platform should do, from gentle to strict."
     }
    ],
    "default": null,
    "doc": "The person's decision, for OVERRIDE."
   },
   {
    "name": "deploymentId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Bundle that decides, for RESCORE and WITHDRAW_OVERRIDE."
   },
   {
    "name": "modelId",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Model of the logits, for RESCORE and WITHDRAW_OVERRIDE."
   },
   {
    "name": "logits",
    "type": {
     "type": "map",
     "values": "float"
    },
    "doc": "Logit by category for RESCORE and WITHDRAW_OVERRIDE, empty otherwise.",
    "default": {}
   },
   {
    "name": "textHash",
    "type": "string",
    "doc": "SHA-256 of the text, first 32 hex digits."
   },
   {
    "name": "reason",
    "type": [
     "null",
     "string"
    ],
    "default": null,
    "doc": "Why, in a few words; never content."
   },
   {
    "name": "requestedBy",
    "type": "string",
    "doc": "Role or person (by role) that asks."
   },
   {
    "name": "requestedAt",
    "type": {
     "type": "long",
     "logicalType": "timestamp-millis"
    },
    "doc": "When it was asked."
   }
  ]
 }
} as const;

export type SchemaName = keyof typeof schemas;
