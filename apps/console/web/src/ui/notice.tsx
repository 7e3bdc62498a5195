import type { ReactNode } from 'react';
import { RequestError } from '../api/request.js';
import { Button } from './button.js';

interface NoticeProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly kind?: 'empty' | 'error';
}

/** Says why there is nothing here, and what to do. */
export function Notice({ title, children, kind = 'empty' }: NoticeProps) {
  return (
    <div className={`notice notice-${kind}`} role={kind === 'error' ? 'alert' : undefined}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p className="loading" role="status">
      {what}
    </p>
  );
}

/** What went wrong, in the words of the server, and a way on. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const isKnown = error instanceof RequestError;
  return (
    <Notice kind="error" title={isKnown ? error.title : 'This page failed'}>
      <p>{isKnown ? error.detail : 'Reload it. If that does not help, tell whoever runs this installation.'}</p>
      {onRetry === undefined ? null : <Button onPress={onRetry}>Try again</Button>}
    </Notice>
  );
}
