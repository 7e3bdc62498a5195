import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { deadLetterQuery } from '../api/queries.js';
import type { DeadLetterView, ShownBytes } from '../api/types.js';
import { bytesOf, hexLines, sizeOf, textOf } from '../text/bytes.js';
import { Copied } from '../ui/copied.js';
import { Facts } from '../ui/facts.js';
import { Failure, Loading } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { Sensitive } from '../ui/sensitive.js';
import { Toggles } from '../ui/toggles.js';
import { momentOf } from '../ui/words.js';

/** One record that could not be processed, with its bytes. */
export function DeadLetterPage({ name }: { readonly name: string }) {
  const { data, error, isPending, refetch } = useQuery(deadLetterQuery(name));
  return (
    <Page title="Dead letter" lead={<Link href="/dead-letters">All dead letters</Link>}>
      {isPending ? (
        <Loading what="Looking in the warehouse" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Letter letter={data} />
      )}
    </Page>
  );
}

function Letter({ letter }: { readonly letter: DeadLetterView }) {
  return (
    <article aria-label="Dead letter">
      <section className="panel">
        <h2>{letter.reason.replaceAll('_', ' ')}</h2>
        <p>{letter.reasonMeaning}</p>
        <Facts
          facts={[
            ['Detail', <Revealed key="detail" text={letter.detail} />],
            ['Rejected by', `${letter.stage}, release ${letter.release}`],
            ['Rejected', momentOf(letter.rejectedAt)],
            [
              'Record',
              <code key="record">
                {letter.sourceTopic}/{letter.sourcePartition}/{letter.sourceOffset}
              </code>,
            ],
            ['Written', momentOf(letter.recordTimestamp)],
            ['Key', letter.key === null ? 'none' : <Revealed key="key" text={letter.key} />],
            ['Value', letter.valueBytes === null ? 'none' : sizeOf(letter.valueBytes)],
          ]}
        />
      </section>
      <section className="panel">
        <h2>Send it through again</h2>
        <p className="hint">Once its cause is fixed: original bytes, key, headers and partition.</p>
        <Copied text={letter.replayCommand} label="the command" />
      </section>
      <section className="panel">
        <h2>Value</h2>
        <Value value={letter.value} />
      </section>
      {letter.headers.length === 0 ? null : (
        <section className="panel">
          <h2>Headers</h2>
          <Facts
            facts={letter.headers.map(
              ({ name, value }) => [name, <Revealed key={name} text={textOf(bytesOf(value.base64))} />] as const,
            )}
          />
        </section>
      )}
    </article>
  );
}

function Value({ value }: { readonly value: DeadLetterView['value'] }) {
  switch (value) {
    case 'hidden':
      return <p className="hint">Your roles do not let you read what people wrote.</p>;
    case 'absent':
      return <p className="hint">The record had no value.</p>;
    case 'erased':
      return <p className="hint">Removed: 30 days have passed, or the content was erased.</p>;
    default:
      return <Bytes shown={value} />;
  }
}

const forms = [
  { id: 'text', name: 'Text' },
  { id: 'hex', name: 'Bytes' },
] as const;

function Bytes({ shown }: { readonly shown: ShownBytes }) {
  const [form, setForm] = useState<'text' | 'hex'>('text');
  const bytes = useMemo(() => bytesOf(shown.base64), [shown]);
  return (
    <>
      <Toggles
        label="Form"
        mode="single"
        options={forms}
        selected={[form]}
        onChange={([next]) => {
          setForm(next ?? 'text');
        }}
      />
      <Sensitive label="Value of the record. It may hold what somebody wrote. Press Enter to read.">
        {form === 'text' ? (
          <pre className="dump">
            <Revealed text={textOf(bytes)} />
          </pre>
        ) : (
          <pre className="dump">
            {hexLines(bytes)
              .map(({ offset, hex, ascii }) => `${offset}  ${hex.padEnd(47)}  ${ascii}`)
              .join('\n')}
          </pre>
        )}
      </Sensitive>
      {bytes.length < shown.totalBytes ? (
        <p className="hint">
          The first {sizeOf(bytes.length)} of {sizeOf(shown.totalBytes)}.
        </p>
      ) : null}
    </>
  );
}
