import { useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useState } from 'react';
import type { ContentText } from '../api/types.js';
import { Button } from './button.js';
import { Failure } from './notice.js';
import { Revealed } from './revealed.js';
import { Sensitive } from './sensitive.js';
import { placesOf } from './words.js';

interface WritingProps<Key extends readonly unknown[]> {
  readonly query: UseQueryOptions<ContentText, Error, ContentText, Key>;
  /** Ends with what to press. */
  readonly label: string;
}

/** What somebody wrote, loaded when it is asked for: each reading is on record. */
export function Writing<Key extends readonly unknown[]>({ query, label }: WritingProps<Key>) {
  const [isWanted, setWanted] = useState(false);
  const { data, error, refetch } = useQuery({ ...query, enabled: isWanted });
  return (
    <section className="panel">
      <h2>Text</h2>
      {error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <>
          <p className="hint">Personal data are masked. That you read it is on record.</p>
          <Button
            isPending={isWanted}
            onPress={() => {
              setWanted(true);
            }}
          >
            Show the text
          </Button>
        </>
      ) : data.text === null ? (
        <p className="hint">It is not kept any more: 30 days have passed, or the content was erased.</p>
      ) : (
        <>
          <Sensitive takesFocus label={label}>
            <pre className="dump">
              <Revealed text={data.text} />
            </pre>
          </Sensitive>
          {data.masked > 0 ? <p className="hint">Personal data masked in {placesOf(data.masked)}.</p> : null}
          {data.text.length < data.length ? (
            <p className="hint">
              The first {data.text.length} of {data.length} characters.
            </p>
          ) : null}
        </>
      )}
    </section>
  );
}
