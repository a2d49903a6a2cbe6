/** Cleanup steps, run in reverse order. */
export interface Closing {
  /** Call this right after the action that the step undoes. */
  afterwards(step: () => void | Promise<void>): void;
  /** Runs all steps once, however often it is called. A step that fails is logged and does not stop the others. */
  close(): Promise<void>;
  closed: Promise<void>;
}

export function createClosing(log: (message: string) => void): Closing {
  const steps: (() => void | Promise<void>)[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let closing: Promise<void> | undefined;
  async function undo(): Promise<void> {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      try {
        await step();
      } catch (error) {
        log(`closing: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    resolve();
  }
  return {
    afterwards(step) {
      steps.push(step);
    },
    close() {
      closing ??= undo();
      return closing;
    },
    closed,
  };
}
