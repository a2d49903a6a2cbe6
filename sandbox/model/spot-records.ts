/** A Spot Instance request; all of them are one-time ones. */
export interface SpotRequestRecord {
  id: string;
  createdAt: string;
  instance: string;
  /** US dollars an hour, as it was asked for or what the type costs on demand. */
  maxPrice: string;
  state: 'active' | 'closed' | 'cancelled';
  status: { code: string; message: string; at: string };
}
