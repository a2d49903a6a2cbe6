/** A Spot Instance request: one-time or persistent. EC2 stops the instance of a persistent request when it needs the capacity. */
export interface SpotRequestRecord {
  id: string;
  createdAt: string;
  instance: string;
  /** US dollars per hour, as requested, otherwise the type's On-Demand price. */
  maxPrice: string;
  isPersistent?: true;
  /** `open`: waits for an instance. `disabled`: its instance is stopped. */
  state: 'open' | 'active' | 'disabled' | 'closed' | 'cancelled';
  status: { code: string; message: string; at: string };
}
