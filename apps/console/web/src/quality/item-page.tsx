import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { itemQuery, itemTextQuery } from '../api/quality.js';
import { useMay } from '../api/session.js';
import type { ItemName, LabelledItem } from '../api/types.js';
import { ActionBadge } from '../ui/action-badge.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
import { categoryName, momentOf, probabilityOf } from '../ui/words.js';
import { Writing } from '../ui/writing.js';

/** Everything that was said about one item. */
export function ItemPage({ item }: { readonly item: ItemName }) {
  const { data, error, isPending, refetch } = useQuery(itemQuery(item));
  const mayRead = useMay('read_text');
  return (
    <Page title="What people said of an item" lead={<Link href="/quality">Quality</Link>}>
      <p className="item-name">
        <Revealed text={`${item.platform}/${item.contentId}`} />, revision {item.revision}
      </p>
      {mayRead ? <Writing query={itemTextQuery(item)} label="What was written. Press Enter to read." /> : null}
      {isPending ? (
        <Loading what="Looking in the warehouse" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data.answers.length === 0 ? (
        <Notice title="Nobody has answered about it" />
      ) : (
        <Said data={data} />
      )}
    </Page>
  );
}

function Said({ data }: { readonly data: LabelledItem }) {
  const derived = data.labels.filter(({ label }) => label !== 'NO');
  return (
    <>
      <section className="panel">
        <h2>Answers</h2>
        <TableFrame label="Answers">
          <table>
            <thead>
              <tr>
                <th scope="col">Question</th>
                <th scope="col">Answers</th>
                <th scope="col">Comes to</th>
              </tr>
            </thead>
            <tbody>
              {data.answers.map(({ question, wording, fact, probability, given }) => (
                <tr key={question}>
                  <th scope="row" className="subject">
                    {wording}
                    <span className="hint block">
                      <code>{question}</code>
                    </span>
                  </th>
                  <td>
                    {given.map(({ labelerId, name, role, answer, purpose, at }) => (
                      <span key={`${labelerId} ${at}`} className="block">
                        <strong>{answer.toLowerCase()}</strong>{' '}
                        <span className="hint" title={momentOf(at)}>
                          <bdi>{name ?? labelerId}</bdi>
                          {role === 'EXPERT' ? ', expert' : ''}
                          {purpose === 'FRESH' ? '' : `, ${purpose.toLowerCase()}`}
                        </span>
                      </span>
                    ))}
                  </td>
                  <td>
                    {fact === null ? (
                      <span className="hint">not resolved</span>
                    ) : (
                      <>
                        {fact.toLowerCase()} <span className="hint number">{probabilityOf(probability)}</span>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      </section>
      <section className="panel">
        <h2>What it comes to</h2>
        {data.labels.length === 0 ? (
          <p className="hint">No policy has derived categories from these answers yet.</p>
        ) : derived.length === 0 ? (
          <p>No category of the policies.</p>
        ) : (
          <ul>
            {derived.map(({ policy, category, label, decidedBy }) => (
              <li key={`${policy} ${category}`}>
                {categoryName(category)}: <strong>{label === 'YES' ? 'yes' : 'not decided'}</strong>{' '}
                <span className="hint">
                  {policy}
                  {decidedBy.length === 0 ? '' : `, by ${decidedBy.join(', ')}`}
                </span>
              </li>
            ))}
          </ul>
        )}
        {data.verdicts.length === 0 ? null : (
          <p>
            Verdicts in force:{' '}
            {data.verdicts.map(({ verdictId, channel, action }) => (
              <span key={verdictId} className="verdict-link">
                <ActionBadge action={action} /> <Link href={`/explain/${verdictId}`}>{channel}</Link>
              </span>
            ))}
          </p>
        )}
      </section>
    </>
  );
}
