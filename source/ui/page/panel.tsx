import { type ReactNode, useId } from 'react';

type Props = {
  title: string;
  className?: string;
  /** `data-testid` */
  testid?: string;
  /** Beside the title. */
  controls?: ReactNode;
  children: ReactNode;
};

/** A titled section of a page. */
export function Panel({ title, className = '', testid, controls, children }: Props) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id} data-testid={testid}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {controls}
      </div>
      {children}
    </section>
  );
}
