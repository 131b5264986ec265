/** Types of activity failures that a workflow tells apart. */

/** The database or Temporal cannot be reached or is too busy: the same work will succeed later. */
export const serviceAwayType = 'ServiceAway';
