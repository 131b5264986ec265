/** Types of activity failures that a workflow tells apart. */

/** The database cannot be reached or is too busy: the same work will succeed later. */
export const databaseAwayType = 'DatabaseAway';
