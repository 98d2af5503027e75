//! The figures beside their goals.

use super::measure::Figures;
use super::shape::Plan;

/// The cost grows with the number of models, and not faster.
const CLEAN_SECONDS_PER_MODEL: f64 = 2.0 / 50.0;
const TOUCHED_SECONDS: f64 = 0.8;
const MEGABYTES: f64 = 400.0;

pub(crate) fn heading() -> String {
    format!(
        "{:>6}  {:<7} {:>16} {:>16} {:>16}",
        "models", "shape", "clean (goal) s", "touched (goal)", "memory (goal) MB"
    )
}

pub(crate) fn row(plan: &Plan, figures: &Figures) -> String {
    let clean = format!("{:.2} ({:.1})", figures.clean, clean_goal(plan));
    let touched = format!("{:.2} ({TOUCHED_SECONDS:.1})", figures.touched);
    let memory = match figures.megabytes {
        Some(megabytes) => format!("{megabytes:.0} ({MEGABYTES:.0})"),
        None => "unknown".to_owned(),
    };
    let verdict = if meets_goals(plan, figures) {
        "ok"
    } else {
        "MISSED"
    };
    format!(
        "{:>6}  {:<7} {clean:>16} {touched:>16} {memory:>16}  {verdict}",
        plan.models, plan.shape
    )
}

pub(crate) fn meets_goals(plan: &Plan, figures: &Figures) -> bool {
    figures.clean <= clean_goal(plan)
        && figures.touched <= TOUCHED_SECONDS
        && figures
            .megabytes
            .is_none_or(|megabytes| megabytes <= MEGABYTES)
}

fn clean_goal(plan: &Plan) -> f64 {
    plan.models as f64 * CLEAN_SECONDS_PER_MODEL
}

#[cfg(test)]
mod tests {
    use super::super::shape::Shape;
    use super::*;

    #[test]
    fn each_goal_counts() {
        let plan = Plan {
            models: 50,
            shape: Shape::Tree,
            drafts: false,
            asserts: false,
        };
        let figures = |clean, touched, megabytes| Figures {
            clean,
            touched,
            megabytes,
        };
        assert!(meets_goals(&plan, &figures(2.0, 0.8, Some(400.0))));
        assert!(meets_goals(&plan, &figures(2.0, 0.8, None)));
        assert!(!meets_goals(&plan, &figures(2.1, 0.1, None)));
        assert!(!meets_goals(&plan, &figures(0.1, 0.9, None)));
        assert!(!meets_goals(&plan, &figures(0.1, 0.1, Some(401.0))));
        assert!(row(&plan, &figures(2.1, 0.1, None)).ends_with("MISSED"));
    }
}
