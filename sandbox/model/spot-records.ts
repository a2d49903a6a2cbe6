/** A Spot Instance request: a one-time one, or a persistent one, whose instance is stopped where EC2 wants its capacity back. */
export interface SpotRequestRecord {
  id: string;
  createdAt: string;
  instance: string;
  /** US dollars an hour, as it was asked for or what the type costs on demand. */
  maxPrice: string;
  isPersistent?: true;
  /** `open`: waits for an instance. `disabled`: its instance is stopped. */
  state: 'open' | 'active' | 'disabled' | 'closed' | 'cancelled';
  status: { code: string; message: string; at: string };
}
