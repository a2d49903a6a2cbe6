/** What every command about a release takes. */
export interface ReleaseArguments {
  /** `official`, `configs/official.json`, with `@VERSION` where another than the config's is meant. */
  publication: string;
  sandbox: boolean;
  sandboxUrl?: string;
  profile?: string;
  only: string[];
  except: string[];
  json: boolean;
}
