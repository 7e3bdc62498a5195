/** What the audit log holds: who, by id, did what. Never a name, a password or content. */
export type AuditEvent =
  | { readonly event: 'first_user_made'; readonly userId: string }
  | { readonly event: 'signed_in'; readonly userId: string; readonly method: 'password' | 'openid' }
  | {
      readonly event: 'sign_in_refused';
      readonly reason: 'wrong_password' | 'too_many_attempts' | 'issuer' | 'no_roles';
    }
  | { readonly event: 'signed_out'; readonly userId: string }
  | { readonly event: 'password_changed'; readonly userId: string }
  /** The text of the content of a verdict was shown to somebody. */
  | { readonly event: 'text_read'; readonly userId: string; readonly verdictId: string }
  /** The text of a task was shown to somebody who is to answer questions about it. */
  | { readonly event: 'task_shown'; readonly userId: string; readonly taskId: string; readonly queue: string }
  | {
      readonly event: 'verdict_overridden';
      readonly userId: string;
      readonly verdictId: string;
      readonly action: string;
      readonly requestId: string;
    }
  /** The text of an item on which people disagree was shown to somebody. */
  | { readonly event: 'item_read'; readonly userId: string; readonly item: string }
  /** The text of a row of a data set was shown to somebody. */
  | {
      readonly event: 'dataset_row_read';
      readonly userId: string;
      readonly datasetId: string;
      readonly row: string;
    }
  /** Bytes of a dead letter were shown to somebody. */
  | { readonly event: 'dead_letter_read'; readonly userId: string; readonly deadLetter: string };

export type Audit = (event: AuditEvent) => void;
