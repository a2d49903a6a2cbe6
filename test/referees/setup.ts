import type { TestProject } from 'vitest/node';
import { type RefereesEnvironment, refereesEnvironment } from './environment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    referees: RefereesEnvironment | { missing: string };
  }
}

/** Makes the judges' environment once, before the first test of the project. */
export default async (project: TestProject): Promise<void> => {
  try {
    project.provide('referees', await refereesEnvironment());
  } catch (error) {
    project.provide('referees', { missing: (error as Error).message });
  }
};
