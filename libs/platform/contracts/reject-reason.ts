/**
 * Why a record can never be processed. Closed list: a reason is a metric label and the `reason` of a dead letter, so a stage
 * that needs another one adds it here, with what it means. None of them ever carries content.
 */
export const rejectReasons = {
  missing_value: 'The record has no value: a tombstone on a topic that is not compacted.',
  too_large: 'The value is longer than the limit of its topic in avro/topics.yaml.',
  bad_magic: 'The first byte is not 0: the value is not framed for a schema registry.',
  unknown_schema: 'The registry does not know the schema id.',
  foreign_schema: 'The schema id belongs to the subject of another topic.',
  incompatible_schema: 'The schema of the id is no Avro schema, or this release cannot read what it writes.',
  truncated: 'The value ends before its schema does.',
  trailing_bytes: 'Bytes remain after the last field.',
  bomb: 'A block of an array or map announces more items than the remaining bytes, or the limit, allow.',
  bad_block: 'A block of an array or map has another size than it announces.',
  too_deep: 'Records, arrays and maps are nested too deeply.',
  invalid_utf8: 'A string is not UTF-8.',
  bad_union: 'The index of a union branch or enum symbol does not exist.',
  bad_varint: 'An integer has more than 64 bits.',
  bad_key: 'The key of the record is missing or does not name the content of the value.',
  invalid_field: 'A field has a value that its type or its documentation does not allow.',
} as const;

export type RejectReason = keyof typeof rejectReasons;

/** What is wrong with a record. `detail` names the field and the byte, never content. */
export interface Rejection {
  readonly code: RejectReason;
  readonly detail: string;
}
