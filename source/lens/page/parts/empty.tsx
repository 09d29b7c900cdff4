import type { ReactNode } from 'react';

/** Explains an empty panel: what is missing, and how to get it. */
export function Empty({ what, children }: { what: string; children: ReactNode }) {
  return (
    <div className="empty">
      <p>
        <b>{what}</b>
      </p>
      <p>{children}</p>
    </div>
  );
}

export function NoRequests({ what = 'No requests in this time range' }: { what?: string }) {
  return (
    <Empty what={what}>
      <code>npm start</code> starts all services, which send requests. To send one yourself:{' '}
      <code>{`curl -X POST localhost:4000/unicorn -H 'content-type: application/json' -d '{"name":"Sparkle"}'`}</code>
    </Empty>
  );
}
