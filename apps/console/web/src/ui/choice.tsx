import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';

interface ChoiceProps {
  readonly label: string;
  /** Shown when nothing is chosen. */
  readonly any: string;
  readonly options: readonly { readonly id: string; readonly name: string }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const ANY = '*';

/** One of a few, or any. An empty value is any. */
export function Choice({ label, any, options, value, onChange }: ChoiceProps) {
  return (
    <Select
      className="field"
      value={value === '' ? ANY : value}
      onChange={(key) => {
        onChange(key === ANY || key === null ? '' : String(key));
      }}
    >
      <Label>{label}</Label>
      <Button className="input choice">
        <SelectValue />
        <span aria-hidden="true" className="chevron" />
      </Button>
      <Popover className="popover">
        <ListBox className="options">
          <ListBoxItem id={ANY} className="option">
            {any}
          </ListBoxItem>
          {options.map(({ id, name }) => (
            <ListBoxItem key={id} id={id} className="option" textValue={name}>
              {name}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
