import type { TaskReason } from '../api/types.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { KeyCap } from '../ui/key-cap.js';

interface Reason {
  readonly id: TaskReason;
  readonly name: string;
  readonly more: string;
}

const skips: readonly Reason[] = [
  { id: 'LANGUAGE', name: 'I cannot read it', more: 'It is in a language that I do not read well.' },
  { id: 'UPSETTING', name: 'I would rather not', more: 'Nobody asks why. Somebody else gets it.' },
  { id: 'UNREADABLE', name: 'It makes no sense', more: 'Broken characters, or words without meaning.' },
  { id: 'OTHER', name: 'Another reason', more: 'Somebody else gets it.' },
];

const escalations: readonly Reason[] = [
  { id: 'MINOR', name: 'A child may be in danger', more: 'Goes to the legal queue at once.' },
  { id: 'LEGAL', name: 'The law may ask for a report', more: 'Threats to life, terror, crimes: to the legal queue.' },
  { id: 'DOUBT', name: 'An expert should look', more: 'The questions do not fit, or I cannot decide.' },
];

interface ReasonDialogProps {
  readonly kind: 'skip' | 'escalate';
  readonly onChoose: (reason: TaskReason) => void;
  readonly onClose: () => void;
}

/** Why an item is skipped or escalated: a number chooses, Escape goes back. */
export function ReasonDialog({ kind, onChoose, onClose }: ReasonDialogProps) {
  const reasons = kind === 'skip' ? skips : escalations;
  return (
    <Dialog title={kind === 'skip' ? 'Skip this item' : 'Escalate this item'} onClose={onClose}>
      <ul
        className="reasons"
        onKeyDown={({ key, code }) => {
          const digit = Number(/^(?:Digit|Numpad)(\d)$/.exec(code)?.[1] ?? key);
          const reason = reasons[digit - 1];
          if (reason !== undefined) onChoose(reason.id);
        }}
      >
        {reasons.map(({ id, name, more }, index) => (
          <li key={id}>
            <button
              type="button"
              className="reason"
              autoFocus={index === 0}
              aria-keyshortcuts={String(index + 1)}
              onClick={() => {
                onChoose(id);
              }}
            >
              <KeyCap>{String(index + 1)}</KeyCap>
              <span>
                <strong>{name}</strong>
                <span className="hint block">{more}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Button onPress={onClose}>Back</Button>
    </Dialog>
  );
}
