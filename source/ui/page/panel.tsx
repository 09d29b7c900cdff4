import { type ReactNode, useId } from 'react';

type Props = {
  title: string;
  className?: string;
  testid?: string;
  /** Next to the title. */
  controls?: ReactNode;
  children: ReactNode;
};

/** A titled section of a page. */
export function Panel({ title, className = '', testid, controls, children }: Props) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id} data-testid={testid}>
      <div className="-mt-1 mb-1.5 flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1">
        <h2 id={id} className="flex-1 wrap-normal">
          {title}
        </h2>
        {controls}
      </div>
      {children}
    </section>
  );
}
