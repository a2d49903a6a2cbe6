type Next = (args: object) => Promise<object>;

/** A client of any service, as far as its calls are wrapped: the SDK's own types differ between clients. */
export interface WithStack {
  middlewareStack: {
    add(
      wrap: (next: Next, context: { commandName?: string }) => Next,
      options: { name: string; step: 'initialize' | 'finalizeRequest'; priority: 'high' | 'low' },
    ): void;
  };
}
