/**
 * Building elements. Text and attributes only, never markup: what telemetry contains was written by anyone.
 */
export type Child = Node | string | number | null | undefined | false;
type Props = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/** `h('a', { href, onclick }, 'text')`. An attribute that is true is set empty; false, null and undefined leave it out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return build(document.createElement(tag), props, children);
}

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return build(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

function build<E extends Element>(element: E, props: Props, children: Child[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(toNode));
  return element;
}

const toNode = (child: Node | string | number): Node | string => (typeof child === 'number' ? String(child) : child);

/** Sets a custom property for the stylesheet, such as a bar's place. */
export function styled<E extends HTMLElement | SVGElement>(element: E, properties: Record<string, string | number>): E {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, String(value));
  return element;
}

/** Changes a text only where it differs, so that a selection or a screen reader is not disturbed for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** An attribute that is there or not, or has a value. */
export function setAttribute(element: Element, name: string, value: string | boolean): void {
  if (value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : value);
}

const keyOf = new WeakMap<Element, string>();

/**
 * Makes the children of `parent` show `items`, and keeps the elements of items that stay: with them focus, selection
 * and whatever the user has opened.
 */
export function reconcile<Item>(
  parent: Element,
  items: readonly Item[],
  key: (item: Item) => string,
  create: (item: Item) => Element,
  update: (element: Element, item: Item) => void = () => {},
): void {
  const old = new Map([...parent.children].map((child) => [keyOf.get(child), child]));
  let place: Element | null = parent.firstElementChild;
  const used = new Set<string>();
  for (const item of items) {
    let name = key(item);
    while (used.has(name)) name += '+';
    used.add(name);
    let element = old.get(name);
    if (element === undefined) {
      element = create(item);
      keyOf.set(element, name);
    } else {
      old.delete(name);
      update(element, item);
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const gone of old.values()) gone.remove();
}

/** `action` once calls have stopped for `ms`. */
export function debounce(ms: number, action: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };
}
