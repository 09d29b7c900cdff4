import { Icon } from '@mythical/ui/page/icon.tsx';
import { useId, useState } from 'react';

const MAX_NAME_LENGTH = 255;

/** Without a name, adds the suggested one, so that one click is enough. */
export function AddForm({
  kind,
  suggestion,
  add,
}: {
  kind: string;
  suggestion: string;
  add: (name: string) => unknown;
}) {
  const [name, setName] = useState('');
  const id = useId();
  return (
    <form
      className="mb-2 flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        add(name);
        setName('');
      }}
    >
      <label htmlFor={id} className="sr-only">
        Name of the new {kind}; {suggestion} if left empty
      </label>
      <input
        id={id}
        className="flex-1"
        value={name}
        placeholder={suggestion}
        maxLength={MAX_NAME_LENGTH}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="primary">
        <Icon name="plus" />
        Add {kind}
      </button>
    </form>
  );
}
