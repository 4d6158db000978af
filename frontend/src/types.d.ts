declare module 'virtual:tokens.css';
declare module 'htmx.org' {
  const htmx: {
    config: Record<string, unknown>;
    process(element: Element): void;
    trigger(element: Element, name: string, detail?: unknown): void;
    ajax(verb: string, path: string, context: Record<string, unknown> | string | Element): Promise<void>;
    on(name: string, listener: (event: Event) => void): void;
  };
  export default htmx;
}
