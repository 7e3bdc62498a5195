import { Link } from 'wouter';
import type { WorkProgress } from '../api/types.js';
import { Badge } from '../ui/badge.js';
import { Revealed } from '../ui/revealed.js';
import { momentOf } from '../ui/words.js';

interface WorksProps {
  readonly title: string;
  readonly works: readonly WorkProgress[];
  /** Where what came out of it is shown. */
  readonly path: string;
}

/** What is being made, and what ended within a day. */
export function Works({ title, works, path }: WorksProps) {
  if (works.length === 0) return null;
  return (
    <section className="panel">
      <h2>{title}</h2>
      <ul className="works">
        {works.map((work) => (
          <Work key={work.requestId} work={work} path={path} />
        ))}
      </ul>
    </section>
  );
}

function Work({ work, path }: { readonly work: WorkProgress; readonly path: string }) {
  const { requestId, attempt, state, step, done, total, detail, subjectId, at } = work;
  const isUnderWay = state === 'STARTED' || state === 'RUNNING';
  return (
    <li className="work">
      <div className="work-head">
        {state === 'FAILED' ? <Badge name="Failed" look="block" /> : null}
        {state === 'COMPLETED' ? <Badge name="Completed" look="allow" /> : null}
        <strong>
          <Revealed text={step} />
        </strong>
        {subjectId === null ? null : state === 'COMPLETED' ? (
          <Link href={`${path}/${subjectId}`}>
            <code>{subjectId}</code>
          </Link>
        ) : (
          <code>{subjectId}</code>
        )}
        {isUnderWay && total > 0 ? (
          <span className="number hint">
            {done.toLocaleString('en-GB')} of {total.toLocaleString('en-GB')}
          </span>
        ) : null}
      </div>
      {isUnderWay ? <Bar done={done} total={total} label={step} /> : null}
      {detail === null ? null : (
        <p>
          <Revealed text={detail} />
        </p>
      )}
      <p className="hint">
        {momentOf(at)} · request <code>{requestId}</code>
        {attempt > 1 ? ` · attempt ${attempt}` : ''}
      </p>
    </li>
  );
}

function Bar({ done, total, label }: { readonly done: number; readonly total: number; readonly label: string }) {
  return total > 0 ? (
    <progress className="progress" aria-label={label} value={Math.min(done, total)} max={total} />
  ) : (
    <progress className="progress" aria-label={label} />
  );
}
