import { useId } from 'react';
import type { Answer } from '../api/types.js';
import { KeyCap } from '../ui/key-cap.js';
import { Revealed } from '../ui/revealed.js';
import type { LaidOut } from './answer-sheet.js';

const answers: readonly { readonly id: Answer; readonly name: string }[] = [
  { id: 'YES', name: 'Yes' },
  { id: 'NO', name: 'No' },
  { id: 'UNSURE', name: 'Unsure' },
];

export interface QuestionRowProps {
  readonly entry: LaidOut;
  readonly isBelow: boolean;
  readonly answer: Answer | undefined;
  readonly isActive: boolean;
  readonly hasHelp: boolean;
  readonly hasKeys: boolean;
  /** How people answered before; null: not to be seen, or folded away. */
  readonly votes: Readonly<Partial<Record<Answer, number>>> | null;
  readonly onChoose: (answer: Answer) => void;
  readonly onHelp: () => void;
}

/** One question with its three answers. What is left open counts as no. */
export function QuestionRow(props: QuestionRowProps) {
  const { entry, isBelow, answer, isActive, hasHelp, hasKeys, votes, onChoose, onHelp } = props;
  const { question, hotkey } = entry;
  const name = useId();
  const help = useId();
  const hasMore = question.help !== null || question.examples.length > 0;
  const classes = ['question', isBelow ? 'question-below' : '', isActive ? 'question-active' : ''];
  return (
    <li className={[...classes, answer === undefined ? 'question-open' : `question-${answer.toLowerCase()}`].join(' ')}>
      <fieldset>
        <legend>
          {hotkey === null || !hasKeys ? null : <KeyCap>{hotkey.toUpperCase()}</KeyCap>}
          <span>{question.wording}</span>
        </legend>
        <div className="answers">
          {answers.map(({ id, name: label }) => (
            <label key={id} className={`answer answer-${id.toLowerCase()}`}>
              <input
                type="radio"
                name={name}
                value={id}
                checked={answer === id}
                onChange={() => {
                  onChoose(id);
                }}
              />
              {label}
            </label>
          ))}
          {hasMore ? (
            <button type="button" className="help-button" aria-expanded={hasHelp} aria-controls={help} onClick={onHelp}>
              <span aria-hidden="true">?</span>
              <span className="unseen">Help with: {question.wording}</span>
            </button>
          ) : null}
        </div>
      </fieldset>
      {votes === null ? null : <Votes votes={votes} />}
      <div id={help} hidden={!hasHelp} className="question-help">
        {question.help === null ? null : <p>{question.help}</p>}
        {question.examples.length === 0 ? null : (
          <ul className="border-examples">
            {question.examples.map(({ text, answer: right, why }) => (
              <li key={text}>
                <span className={`right right-${right.toLowerCase()}`}>{right.toLowerCase()}</span>
                <span>
                  <q>
                    <Revealed text={text} />
                  </q>
                  {why === null ? null : <span className="hint block">{why}</span>}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

function Votes({ votes }: { readonly votes: Readonly<Partial<Record<Answer, number>>> }) {
  const said = answers
    .filter(({ id }) => (votes[id] ?? 0) > 0)
    .map(({ id, name }) => `${votes[id] ?? 0} ${name.toLowerCase()}`);
  return <p className="votes">{said.length === 0 ? 'Nobody answered.' : `Others: ${said.join(', ')}`}</p>;
}
