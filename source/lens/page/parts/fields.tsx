import { Icon } from '@mythical/ui/page/icon.tsx';
import { useStore } from '@mythical/ui/page/store.ts';
import { type ReactNode, useEffect, useRef } from 'react';
import { setParams, usePlace } from '../lib/router.ts';
import { services } from '../lib/summary.ts';

/** Form fields of a view, each bound to the address's parameter `name`. */

/** Debounce time of a text field, in ms. */
const TYPING_MS = 250;

const FIELD = 'grid min-w-0 grid-cols-1 gap-0.5 text-xs text-soft *:max-w-full max-sm:flex-[1_1_8rem]';

export function Fields({ children }: { children: ReactNode }) {
  return <search className="flex flex-wrap items-end gap-x-3 gap-y-2">{children}</search>;
}

type SelectProps = {
  label: string;
  name: string;
  /** The label of the empty option. */
  any?: string;
  options: readonly string[];
  /** Labels of options whose value isn't readable. */
  labels?: Readonly<Record<string, string>>;
  /** Overrides the parameter's value. */
  value?: string;
  /** Parameters to change together with this one. */
  also?: Record<string, undefined>;
};

export function SelectField({ label, name, any, options, labels, value, also }: SelectProps) {
  const { params } = usePlace().route;
  const chosen = value ?? params[name] ?? '';
  // The address's value is selectable, even if it doesn't exist (yet).
  const known = new Set([...(any === undefined ? [] : ['']), ...options, chosen]);
  return (
    <label className={FIELD}>
      <span>{label}</span>
      <select
        data-testid={`field-${name}`}
        value={chosen}
        onChange={(event) => setParams({ ...also, [name]: event.target.value })}
      >
        {[...known].map((option) => (
          <option key={option} value={option}>
            {labels?.[option] ?? (option || any)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ServiceField({ any }: { any: string }) {
  return <SelectField label="Service" name="service" any={any} options={useStore(services)} />;
}

type TextProps = { label: string; name: string; type?: 'search' | 'number'; placeholder?: string };

export function TextField({ label, name, type = 'search', placeholder }: TextProps) {
  const value = usePlace().route.params[name] ?? '';
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // While the user types, the field is ahead of the address.
    if (input.current && document.activeElement !== input.current) input.current.value = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label className={FIELD}>
      <span>{label}</span>
      <input
        ref={input}
        type={type}
        className={`max-sm:w-full ${type === 'number' ? 'w-32' : 'w-56'}`}
        min={type === 'number' ? 0 : undefined}
        placeholder={placeholder}
        defaultValue={value}
        spellCheck={false}
        autoComplete="off"
        data-testid={`field-${name}`}
        onChange={({ target }) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setParams({ [name]: target.value.trim() }, { replace: true }), TYPING_MS);
        }}
      />
    </label>
  );
}

/** Parameters set elsewhere, such as by a table or a link, each with a button to clear it. */
export function Chips({ names }: { names: readonly string[] }) {
  const { params } = usePlace().route;
  return names.map((name) => {
    const value = params[name];
    if (!value) return null;
    return (
      <span key={name} className="inline-flex items-center gap-1 rounded-full bg-accent-back pl-2.5">
        {name} <b>{value}</b>
        <button
          type="button"
          className="icon-button"
          aria-label={`Clear ${name} ${value}`}
          onClick={() => setParams({ [name]: undefined })}
        >
          <Icon name="close" />
        </button>
      </span>
    );
  });
}
