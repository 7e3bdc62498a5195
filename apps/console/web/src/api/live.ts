import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useReducer, useState } from 'react';
import { addFrame, emptyLive, pauseLive, resumeLive, type Live } from './live-list.js';
import { sessionQuery } from './queries.js';
import type { LiveFrame } from './types.js';

type Step =
  | { readonly kind: 'frame'; readonly frame: LiveFrame; readonly at: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'cleared' }
  | { readonly kind: 'paused'; readonly is: boolean };

function reduce(live: Live, step: Step): Live {
  switch (step.kind) {
    case 'frame':
      return addFrame(live, step.frame, step.at);
    case 'lost':
      return { ...live, connection: 'lost' };
    case 'cleared':
      return { ...emptyLive, isPaused: live.isPaused };
    case 'paused':
      return step.is ? pauseLive(live) : resumeLive(live);
  }
}

const RETRY_MS = 5000;

/** Verdicts that pass the filter, as they come. The browser reconnects by itself and goes on where it broke off. */
export function useLiveVerdicts(filter: string): {
  readonly live: Live;
  readonly setPaused: (is: boolean) => void;
} {
  const [live, dispatch] = useReducer(reduce, emptyLive);
  const [attempt, setAttempt] = useState(0);
  const queries = useQueryClient();
  useEffect(() => {
    dispatch({ kind: 'cleared' });
  }, [filter]);
  useEffect(() => {
    let again: number | undefined;
    const opened = new EventSource(`/api/verdicts/stream${filter === '' ? '' : `?${filter}`}`);
    opened.addEventListener('verdicts', ({ data }: MessageEvent<string>) => {
      dispatch({ kind: 'frame', frame: JSON.parse(data) as LiveFrame, at: Date.now() });
    });
    opened.addEventListener('error', () => {
      dispatch({ kind: 'lost' });
      if (opened.readyState !== EventSource.CLOSED) return;
      // Refused, so the browser gives up: the session may have ended, or the server had too much to do.
      void queries.invalidateQueries(sessionQuery);
      again = window.setTimeout(() => {
        setAttempt(attempt + 1);
      }, RETRY_MS);
    });
    return () => {
      window.clearTimeout(again);
      opened.close();
    };
  }, [filter, attempt, queries]);
  return {
    live,
    setPaused: (is) => {
      dispatch({ kind: 'paused', is });
    },
  };
}
