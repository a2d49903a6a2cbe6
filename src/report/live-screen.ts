import { DefaultRenderer, Listr, ListrLogger, type ListrTask, ProcessOutput, Spinner } from 'listr2';
import { liveLines, type RegionLines, summaryLine } from './live-lines.ts';
import type { Output } from './output.ts';
import { retryingText } from './retrying.ts';
import type { RunState } from './run-state.ts';
import { cut } from './text.ts';

export interface LiveScreen {
  /** Ends the drawing; with `keep` its last state stays on the terminal. */
  close(): Promise<void>;
}

/** Cells that listr2 keeps free on every line, and adds before a subtask. */
const margin = 2;
const indentation = 2;

/** listr2 checks stdout to decide whether it may draw; this class draws on a stream chosen by its caller. */
class AnyStreamRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

/** listr2 draws once per frame; the texts are updated just before, and have their own symbols. */
class Frames extends Spinner {
  readonly #before: () => void;

  constructor(before: () => void) {
    super();
    this.#before = before;
  }

  override spin(): void {
    this.#before();
  }

  override fetch(): string {
    return '';
  }
}

/**
 * Draws a run with listr2 until it is closed, one task per region with a subtask per target. It only draws: its tasks wait for
 * the end and never fail, and it handles no signals. Text written to the stream in the meantime appears once it is closed.
 */
export function liveScreen(
  output: Output,
  state: () => RunState,
  now: () => number,
  keep: boolean,
): LiveScreen {
  const end = Promise.withResolvers<void>();
  const titles = new Map<string, { title?: string }>();
  const set = (key: string, text: string) => {
    const task = titles.get(key);
    if (task !== undefined) task.title = text;
  };
  const lines = () => {
    const columns = output.columns() - margin - indentation;
    return liveLines(state(), { columns, rows: output.rows() }, now(), output.paint);
  };
  const write = () => {
    for (const { region, line, targets } of lines()) {
      set(region, line);
      for (const [place, text] of targets.entries()) set(`${region} ${place}`, text);
    }
    const columns = output.columns() - margin;
    set('summary', summaryLine(state(), columns, output.paint, now()));
    set('note', cut(newestNote(state()), columns));
  };
  const leaf = (key: string): ListrTask => ({
    title: ' ',
    task: (_, { task }) => {
      titles.set(key, task);
      return end.promise;
    },
  });
  const branch = ({ region, targets }: RegionLines): ListrTask => ({
    title: region,
    task: (_, wrapper) => {
      titles.set(region, wrapper.task);
      const leaves = targets.map((_target, place) => leaf(`${region} ${place}`));
      return wrapper.newListr(leaves, { concurrent: true, exitOnError: false });
    },
  });
  const screen = new Listr([...lines().map(branch), leaf('summary'), leaf('note')], {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
    renderer: AnyStreamRenderer,
    rendererOptions: {
      clearOutput: !keep,
      collapseSubtasks: false,
      formatOutput: 'truncate',
      icon: noIcons,
      indentation,
      logger: new ListrLogger({
        useIcons: true,
        toStderr: [],
        processOutput: new ProcessOutput(output.stream, output.stream, { leaveEmptyLine: false }),
      }),
      spinner: new Frames(write),
    },
  });
  // A failure to draw must not fail the run, whose result is printed on closing in any case.
  const drawn = screen.run().catch(() => undefined);
  return {
    async close() {
      write();
      end.resolve();
      await drawn;
    },
  };
}

function newestNote({ warnings, removed, retrying }: RunState): string {
  const failing = retrying.at(-1);
  if (failing !== undefined) return `! ${retryingText(failing)}`;
  const warning = warnings.at(-1);
  if (warning !== undefined) return `! ${warning}`;
  const last = removed.at(-1);
  return last === undefined ? '' : `removed ${last.kind} ${last.id} in ${last.region}`;
}

const noIcons = Object.fromEntries(
  [
    'PENDING',
    'COMPLETED',
    'COMPLETED_WITH_FAILED_SUBTASKS',
    'COMPLETED_WITH_SISTER_TASKS_FAILED',
    'WAITING',
    'OUTPUT',
    'FAILED',
    'FAILED_WITH_SUBTASKS',
  ].map((level) => [level, '']),
);
