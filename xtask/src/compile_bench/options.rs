//! The options of `cargo xtask compile-bench`.

use super::shape::Shape;

#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) models: Vec<usize>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) drafts: bool,
    pub(crate) long_chain: bool,
    pub(crate) enforce: bool,
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            models: vec![50, 100],
            shapes: vec![Shape::Chain, Shape::Tree, Shape::Cycles],
            drafts: false,
            long_chain: false,
            enforce: false,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut list = || {
                let values = arguments
                    .next()
                    .ok_or(format!("{argument} needs a value"))?;
                Ok::<_, String>(values.split(','))
            };
            match argument.as_str() {
                "--models" => options.models = list()?.map(models).collect::<Result<_, _>>()?,
                "--shape" => options.shapes = list()?.map(str::parse).collect::<Result<_, _>>()?,
                "--drafts" => options.drafts = true,
                "--long-chain" => options.long_chain = true,
                "--enforce" => options.enforce = true,
                other => return Err(format!("compile-bench has no option `{other}`")),
            }
        }
        Ok(options)
    }
}

fn models(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("`{text}` is not a number of models")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        let arguments: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&arguments)
    }

    #[test]
    fn lists_and_flags() {
        let options = parse("--models 10,20 --shape cycles --enforce").unwrap();
        assert_eq!(options.models, [10, 20]);
        assert_eq!(options.shapes, [Shape::Cycles]);
        assert!(options.enforce && !options.long_chain && !options.drafts);
        assert_eq!(parse("").unwrap().models, [50, 100]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            parse("--model 1").unwrap_err(),
            "compile-bench has no option `--model`"
        );
        assert_eq!(parse("--models").unwrap_err(), "--models needs a value");
        assert_eq!(
            parse("--models 0").unwrap_err(),
            "`0` is not a number of models"
        );
        assert!(parse("--shape star").is_err());
    }
}
