/** Loaded into a command: the clock of its machine is an hour ahead. */
const now = Date.now.bind(Date);
const ahead = 3_600_000;

globalThis.Date = class extends Date {
  constructor(...parts) {
    super(...(parts.length > 0 ? parts : [now() + ahead]));
  }

  static now() {
    return now() + ahead;
  }
};
