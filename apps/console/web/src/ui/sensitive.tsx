import { useEffect, useRef, useState, type ReactNode } from 'react';

interface SensitiveProps {
  /** Ends with what to press: the blur says it to eyes alone. */
  readonly label: string;
  /** It takes the place of the control that asked for it. */
  readonly takesFocus?: boolean;
  readonly children: ReactNode;
}

/**
 * What may hurt to read: blurred and grey until it is pointed at, or opened by Enter or the space bar; closed again when pointer and
 * focus leave. A pointer that rests where it appears does not open it.
 */
export function Sensitive({ label, takesFocus = false, children }: SensitiveProps) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const wasUnderPointer = useRef(false);
  useEffect(() => {
    wasUnderPointer.current = box.current?.matches(':hover') === true;
    if (takesFocus) box.current?.focus();
  }, [takesFocus]);
  return (
    <div
      ref={box}
      className={isOpen ? 'sensitive sensitive-open' : 'sensitive'}
      role="group"
      aria-label={label}
      tabIndex={0}
      onPointerMove={({ movementX, movementY }) => {
        if (wasUnderPointer.current || (movementX === 0 && movementY === 0)) return;
        setOpen(true);
      }}
      onPointerLeave={() => {
        wasUnderPointer.current = false;
        setOpen(false);
      }}
      onBlur={() => {
        setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        setOpen(!isOpen);
      }}
    >
      <div className="sensitive-content">{children}</div>
      <p className="sensitive-hint" aria-hidden="true">
        Blurred. Point at it or press Enter to read.
      </p>
    </div>
  );
}
