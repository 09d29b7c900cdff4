import type { Route, View as ViewName } from './route.ts';
import type { TimeRange } from './time.ts';

/** One of the screens below the header. It is made once, and stays as it was while another is shown. */
export type View = {
  element: HTMLElement;
  /** Shows what the address says. */
  open(route: Route): Promise<void>;
  /** Asks for what is new, without touching what the user has opened, selected or scrolled to. */
  refresh(): Promise<void>;
};

/** What a view may ask of the page around it. */
export type Page = {
  range(): TimeRange;
  /** The services that lens has heard of. */
  services(): string[];
  /** Changes parameters of the present address: a step for the Back button, unless it is told to `replace`. */
  setParams(changes: Record<string, string | undefined>, how?: { replace: boolean }): void;
};

export type Views = Record<ViewName, (page: Page) => View>;
