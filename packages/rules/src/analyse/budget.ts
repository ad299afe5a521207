/** A bound on how much an analysis may do, counted in steps and not in time, so that it ends alike on every machine. */

/** What is left to do of one analysis. */
export interface Budget {
  /** How many steps. */
  left: number
}

class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent'
}

/** Counts steps. Throws: what `withinBudget` catches, when none are left. */
export function spend(budget: Budget, steps: number): void {
  budget.left -= steps
  if (budget.left < 0) throw new BudgetSpent('the analysis is too complex')
}

/** Runs an analysis with at most so many steps. Returns: undefined when it would take more. */
export function withinBudget<Found>(
  stepMaxCount: number,
  analyse: (budget: Budget) => Found,
): Found | undefined {
  try {
    return analyse({ left: stepMaxCount })
  } catch (cause) {
    if (cause instanceof BudgetSpent) return undefined
    throw cause
  }
}
