import { type Child, debounce, h } from './dom.ts';

/** Choices and text fields of a view, each bound to one parameter of the address. */

export type Option = { value: string; label: string };
export type Field = {
  element: HTMLElement;
  set(value: string): void;
};
export type SelectField = Field & { setOptions(options: Option[]): void };

/** How long a text field waits for more letters before it acts, in milliseconds. */
const TYPING_MS = 250;

export function selectField(label: string, id: string, onChange: (value: string) => void): SelectField {
  const select = h('select', { 'data-testid': `field-${id}`, onchange: () => onChange(select.value) });
  let wanted = '';
  let signature = '';
  let options: Option[] = [];
  const draw = () => {
    // A value that the address names is offered, even where nothing of the kind is there (yet).
    const missing = wanted !== '' && !options.some(({ value }) => value === wanted);
    const all = missing ? [...options, { value: wanted, label: wanted }] : options;
    const next = JSON.stringify(all);
    if (next !== signature) {
      signature = next;
      select.replaceChildren(...all.map(({ value, label }) => h('option', { value }, label)));
    }
    select.value = wanted;
  };
  return {
    element: h('label', { class: 'field' }, h('span', {}, label), select),
    set(value) {
      wanted = value;
      draw();
    },
    setOptions(next) {
      options = next;
      draw();
    },
  };
}

export function textField(
  label: string,
  id: string,
  onChange: (value: string) => void,
  { type = 'search', placeholder = '', width = '' }: { type?: string; placeholder?: string; width?: string } = {},
): Field {
  const changed = debounce(TYPING_MS, () => onChange(input.value.trim()));
  const input = h('input', {
    type,
    placeholder,
    min: type === 'number' && '0',
    style: width && `--field-width: ${width}`,
    spellcheck: 'false',
    autocomplete: 'off',
    'data-testid': `field-${id}`,
    oninput: changed,
  });
  return {
    element: h('label', { class: 'field' }, h('span', {}, label), input),
    set(value) {
      // While the user types, the field is ahead of the address.
      if (document.activeElement !== input) input.value = value;
    },
  };
}

/** What has been picked elsewhere, such as in a table or a link, with a button to let it go. */
export function chip(label: string, value: string, onClear: () => void): HTMLElement {
  return h(
    'span',
    { class: 'chip' },
    h('span', {}, `${label} `, h('b', {}, value)),
    h('button', { type: 'button', 'aria-label': `Clear ${label} ${value}`, onclick: onClear }, '×'),
  );
}

export function options(values: readonly string[], any: string): Option[] {
  return [{ value: '', label: any }, ...values.map((value) => ({ value, label: value }))];
}

export function fieldRow(...children: Child[]): HTMLElement {
  return h('div', { class: 'fields', role: 'search' }, ...children);
}
