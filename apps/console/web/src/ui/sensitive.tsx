import { useEffect, useRef, useState, type ReactNode } from 'react';

interface SensitiveProps {
  /** Ends with what to press: the blur says it to eyes alone. */
  readonly label: string;
  /** It takes the place of the control that asked for it. */
  readonly takesFocus?: boolean;
  readonly isBlurred?: boolean;
  readonly isGrey?: boolean;
  /** Whoever knows better when it is open says so; otherwise it knows by itself. */
  readonly open?: { readonly isOpen: boolean; readonly onChange: (isOpen: boolean) => void };
  readonly hint?: string;
  /** Reaching it by keyboard opens it, and Enter is somebody else's. */
  readonly opensOnFocus?: boolean;
  readonly children: ReactNode;
}

/**
 * What may hurt to read: blurred and grey until it is pointed at, or opened by Enter or the space bar; closed again when pointer and
 * focus leave. A pointer that rests where it appears does not open it. A finger opens it by a tap and closes it by the next.
 */
export function Sensitive({
  label,
  takesFocus = false,
  isBlurred = true,
  isGrey = true,
  open,
  hint = 'Blurred. Point at it or press Enter to read.',
  opensOnFocus = false,
  children,
}: SensitiveProps) {
  const own = useState(false);
  const [isOpen, setOpen] = open === undefined ? own : ([open.isOpen, open.onChange] as const);
  const box = useRef<HTMLDivElement>(null);
  const wasUnderPointer = useRef(false);
  useEffect(() => {
    wasUnderPointer.current = box.current?.matches(':hover') === true;
    if (takesFocus) box.current?.focus();
  }, [takesFocus]);
  const names = ['sensitive', isOpen || !isBlurred ? 'sensitive-open' : '', isGrey ? '' : 'sensitive-coloured'];
  return (
    <div
      ref={box}
      className={names.filter((name) => name !== '').join(' ')}
      role="group"
      aria-label={label}
      tabIndex={0}
      onPointerMove={({ pointerType, movementX, movementY }) => {
        if (pointerType === 'touch' || wasUnderPointer.current || (movementX === 0 && movementY === 0)) return;
        setOpen(true);
      }}
      onPointerLeave={({ pointerType }) => {
        if (pointerType === 'touch') return;
        wasUnderPointer.current = false;
        setOpen(false);
      }}
      onClick={({ nativeEvent }) => {
        if (nativeEvent instanceof PointerEvent && nativeEvent.pointerType === 'touch') setOpen(!isOpen);
      }}
      onFocus={({ currentTarget, target }) => {
        if (opensOnFocus && target === currentTarget && target.matches(':focus-visible')) setOpen(true);
      }}
      onBlur={() => {
        setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== ' ' && (event.key !== 'Enter' || opensOnFocus)) return;
        event.preventDefault();
        event.stopPropagation();
        setOpen(!isOpen);
      }}
    >
      <div className="sensitive-content">{children}</div>
      {isBlurred ? (
        <p className="sensitive-hint" aria-hidden="true">
          <span className="pointer-only">{hint}</span>
          <span className="touch-only">Blurred. Tap it to read.</span>
        </p>
      ) : null}
    </div>
  );
}
