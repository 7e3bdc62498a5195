import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { deadLettersQuery } from '../api/queries.js';
import type { DeadLetterList } from '../api/types.js';
import { sizeOf } from '../text/bytes.js';
import { Button } from '../ui/button.js';
import { Choice } from '../ui/choice.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
import { momentOf } from '../ui/words.js';

/** Records that could not be processed. */
export function DeadLettersPage() {
  const [search, setSearch] = useSearchParams();
  const filter = { stage: search.get('stage') ?? '', reason: search.get('reason') ?? '' };
  const { data, error, isFetching, refetch } = useQuery({
    ...deadLettersQuery(filter),
    placeholderData: keepPreviousData,
  });
  const set = (name: 'stage' | 'reason', value: string) => {
    const next = { ...filter, [name]: value };
    setSearch(new URLSearchParams(Object.entries(next).filter(([, one]) => one !== '')), { replace: true });
  };
  return (
    <Page
      title="Dead letters"
      lead="Records that could not be processed, as they were. None of them stopped its neighbours."
      actions={
        <Button isPending={isFetching} onPress={() => void refetch()}>
          Refresh
        </Button>
      }
    >
      <div className="filters" role="group" aria-label="Filter">
        <Choice
          label="Rejected by"
          any="All stages"
          options={(data?.stages ?? []).map((id) => ({ id, name: id }))}
          value={filter.stage}
          onChange={(value) => {
            set('stage', value);
          }}
        />
        <Choice
          label="Reason"
          any="All reasons"
          options={Object.keys(data?.reasons ?? {}).map((id) => ({ id, name: id.replaceAll('_', ' ') }))}
          value={filter.reason}
          onChange={(value) => {
            set('reason', value);
          }}
        />
      </div>
      {error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what="Looking in the warehouse" />
      ) : (
        <List list={data} isFiltered={search.size > 0} />
      )}
    </Page>
  );
}

function List({ list, isFiltered }: { readonly list: DeadLetterList; readonly isFiltered: boolean }) {
  if (list.letters.length === 0) {
    return (
      <Notice title={isFiltered ? 'No dead letter passes this filter' : 'No dead letters'}>
        <p>{isFiltered ? 'Choose other stages or reasons.' : 'Everything that was published could be read.'}</p>
      </Notice>
    );
  }
  return (
    <>
      <TableFrame label="Dead letters, newest first">
        <table className="letters">
          <thead>
            <tr>
              <th scope="col">Rejected</th>
              <th scope="col">Reason</th>
              <th scope="col" className="wide-only">
                By
              </th>
              <th scope="col">Record</th>
              <th scope="col" className="wide-only">
                Key
              </th>
              <th scope="col" className="wide-only">
                Size
              </th>
            </tr>
          </thead>
          <tbody>
            {list.letters.map((letter) => {
              const place = `${letter.sourceTopic}/${letter.sourcePartition}/${letter.sourceOffset}`;
              return (
                <tr key={letter.id}>
                  <td className="number">
                    <time dateTime={letter.rejectedAt}>{momentOf(letter.rejectedAt)}</time>
                  </td>
                  <td>
                    <strong>{letter.reason.replaceAll('_', ' ')}</strong>
                    <span className="hint block">
                      <Revealed text={letter.detail} />
                    </span>
                  </td>
                  <td className="wide-only">{letter.stage}</td>
                  <td className="content-cell place">
                    <Link href={`/dead-letters/${letter.stage}/${place}`}>{place}</Link>
                  </td>
                  <td className="wide-only content-cell">
                    {letter.key === null ? <span className="hint">none</span> : <Revealed text={letter.key} />}
                  </td>
                  <td className="wide-only number">{letter.valueBytes === null ? '' : sizeOf(letter.valueBytes)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </TableFrame>
      {list.more ? (
        <p className="hint">
          The newest {list.letters.length} are shown. The rest: <code>npx tidegate dead-letters list --limit 1000</code>
        </p>
      ) : null}
    </>
  );
}
