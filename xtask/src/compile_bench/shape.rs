//! How many models the generated crate has, and which of them refer to which.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// Each model has a key to the one before it.
    Chain,
    /// Each model has a key to its parent in a binary tree.
    Tree,
    /// All models form one ring, which is the longest cycle there can be.
    Cycles,
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "chain" => Ok(Self::Chain),
            "tree" => Ok(Self::Tree),
            "cycles" => Ok(Self::Cycles),
            _ => Err(format!("`{text}` is not a shape: chain, tree or cycles")),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Chain => "chain",
            Self::Tree => "tree",
            Self::Cycles => "cycles",
        })
    }
}

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) models: usize,
    pub(crate) shape: Shape,
    /// Whether each model is also saved once from a draft.
    pub(crate) drafts: bool,
    /// Whether the crate asserts the auto traits and derives of every model.
    pub(crate) asserts: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) to: usize,
    pub(crate) nullable: bool,
}

impl Plan {
    /// The key of a model; the first of a chain and the root of a tree have none.
    pub(crate) fn key(&self, model: usize) -> Option<Key> {
        let to = match self.shape {
            Shape::Chain => model.checked_sub(1)?,
            Shape::Tree => model.checked_sub(1)? / 2,
            Shape::Cycles => (model + 1) % self.models,
        };
        // Rows of a cycle could never be created if each needed the next one to exist.
        let nullable = self.shape == Shape::Cycles;
        Some(Key { to, nullable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(shape: Shape) -> Vec<Option<usize>> {
        let plan = Plan {
            models: 5,
            shape,
            drafts: false,
            asserts: false,
        };
        (0..5)
            .map(|model| plan.key(model).map(|key| key.to))
            .collect()
    }

    #[test]
    fn keys_follow_the_shape() {
        assert_eq!(
            keys(Shape::Chain),
            [None, Some(0), Some(1), Some(2), Some(3)]
        );
        assert_eq!(
            keys(Shape::Tree),
            [None, Some(0), Some(0), Some(1), Some(1)]
        );
        assert_eq!(
            keys(Shape::Cycles),
            [Some(1), Some(2), Some(3), Some(4), Some(0)]
        );
    }
}
