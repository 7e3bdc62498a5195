/** The key that does it, as it is printed on the keyboard; assistive technology hears of it from the control itself. */
export function KeyCap({ children }: { readonly children: string }) {
  return (
    <kbd className="key-cap" aria-hidden="true">
      {children}
    </kbd>
  );
}
