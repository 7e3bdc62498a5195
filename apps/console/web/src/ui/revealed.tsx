import { hasMixedScripts, reveal } from '../text/reveal.js';

/**
 * Text of others: never markup, never a link, kept apart from the direction of its surroundings, and with every hidden character
 * shown by its code. Words that mix alphabets are marked: what looks like a known name may be another.
 */
export function Revealed({ text }: { readonly text: string }) {
  return (
    <bdi className="revealed">
      {reveal(text).map((part, index) =>
        part.kind === 'plain' ? (
          part.text
        ) : (
          <span key={index} className="hidden-character" title={part.name}>
            {part.text}
          </span>
        ),
      )}
      {hasMixedScripts(text) ? (
        <span className="hidden-character" title="A word mixes letters of several alphabets">
          mixed alphabets
        </span>
      ) : null}
    </bdi>
  );
}
