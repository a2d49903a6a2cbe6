import { declaredParameter, isReserved, keyOf } from '../state/parameters.ts';
import { settingsOf } from '../state/stored-settings.ts';
import type { Declarer } from './declarer.ts';

/** The account's own parameters. Parameters with reserved names are public and are read from the settings. */
export const declareParameters: Declarer = (place, { parameters }) => {
  if (parameters === undefined) return;
  const { store, account, region, now } = place;
  const records = store.of('parameter', account, region);
  const own = parameters.filter(({ name }) => !isReserved(name));
  const kept = new Set(own.map(({ name }) => keyOf(name)));
  for (const { name } of settingsOf(place).parameters) {
    if (!kept.has(keyOf(name)) && records.get(keyOf(name))) records.delete(keyOf(name));
  }
  for (const parameter of own) records.put(keyOf(parameter.name), declaredParameter(parameter, now));
};
