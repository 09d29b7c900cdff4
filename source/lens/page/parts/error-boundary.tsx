import { Panel } from '@mythical/ui/page/panel.tsx';
import { Component, type ReactNode } from 'react';

type State = { error?: unknown };

/** Replaces a view that can't be drawn, such as after an edited query has returned null where the view needs a value. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override state: State = {};

  override render() {
    if (!('error' in this.state)) return this.props.children;
    return (
      <Panel title="This view can't be drawn">
        <p className="problem" role="alert">
          {String(this.state.error)}
        </p>
        <p className="row">
          <button type="button" onClick={() => location.reload()}>
            Reload the page
          </button>
          It discards edited queries.
        </p>
      </Panel>
    );
  }
}
