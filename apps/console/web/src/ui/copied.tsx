import { useState } from 'react';
import { Button } from './button.js';

/** A line to copy: an id, a command. */
export function Copied({ text, label }: { readonly text: string; readonly label: string }) {
  const [isDone, setDone] = useState(false);
  return (
    <span className="copied">
      <code>{text}</code>
      <Button
        aria-label={isDone ? `${label}: copied` : `Copy ${label}`}
        onPress={() => {
          void navigator.clipboard.writeText(text).then(
            () => {
              setDone(true);
            },
            () => {
              setDone(false);
            },
          );
        }}
      >
        {isDone ? 'Copied' : 'Copy'}
      </Button>
    </span>
  );
}
