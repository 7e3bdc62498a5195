-- What was last said of one question, item by item, of one of so many parts of the items.
SELECT platform, content_id, revision, toString(fact) AS fact, probability, is_trainable, settled
FROM label_facts
WHERE question_key = {question:String}
    AND cityHash64(platform, content_id, revision) % {parts:UInt32} = {part:UInt32}
