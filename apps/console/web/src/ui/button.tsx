import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';

interface ButtonProps extends Pick<AriaButtonProps, 'type' | 'onPress' | 'aria-label' | 'aria-expanded'> {
  readonly kind?: 'primary' | 'plain';
  /** It is at work: it keeps the focus and does nothing more. */
  readonly isPending?: boolean;
  readonly children: ReactNode;
}

export function Button({ kind = 'plain', isPending = false, onPress, ...props }: ButtonProps) {
  return (
    <AriaButton
      {...props}
      {...(isPending || onPress === undefined ? {} : { onPress })}
      {...(isPending ? { 'data-pending': true } : {})}
      className={`button button-${kind}`}
    />
  );
}
