import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

interface TogglesProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: T; readonly name: string }[];
  readonly selected: readonly T[];
  readonly mode: 'single' | 'multiple';
  readonly onChange: (selected: readonly T[]) => void;
}

/** A few switches side by side. */
export function Toggles<T extends string>({ label, options, selected, mode, onChange }: TogglesProps<T>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      className="toggles"
      selectionMode={mode}
      disallowEmptySelection={mode === 'single'}
      selectedKeys={selected}
      onSelectionChange={(keys) => {
        onChange(options.map(({ id }) => id).filter((id) => keys.has(id)));
      }}
    >
      {options.map(({ id, name }) => (
        <ToggleButton key={id} id={id} className="toggle">
          {name}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
