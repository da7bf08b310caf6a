//! The front end: preprocessing steps that turn a picture into the inputs of the first layer.

use core::fmt;

use super::scale::Scale;
use super::text::Text;

/// Number of passes of a shift ensemble, see `shift`.
pub const SHIFTS: u8 = 5;

/// Maximum width and height of a picture that can be deslanted, so that its moments fit 32 bits.
pub const MAX_DESLANT_SIDE: u16 = 100;

/// Maximum number of front-end steps in a description.
pub const MAX_STEPS: usize = 3;

/// One step of the front end. To add a step, start here: the compiler then reports every `match` that must handle it,
/// and `docs/architecture.md` lists all files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Step {
    /// Runs all that follows on [`SHIFTS`] shifted copies of the picture and adds the logits (test-time augmentation),
    /// see `shift`. Integer networks only, and only as the first step.
    ShiftEnsemble,
    /// Shifts rows sideways until the writing stands upright, see `deslant`. A
    /// [`Downscale`](Self::Downscale) that crops must follow, because rows are shifted within the border.
    Deslant,
    /// Crops and averages, see `downscale`. Only as the last step.
    Downscale {
        /// Pixels cut off at each edge.
        crop: u8,
        /// Ratio of the result to the cropped picture.
        scale: Scale,
    },
}

impl Step {
    /// Returns the position of the step in the only permitted order of steps.
    const fn rank(self) -> u8 {
        match self {
            Step::ShiftEnsemble => 0,
            Step::Deslant => 1,
            Step::Downscale { .. } => 2,
        }
    }

    /// Appends the step's name and parameters; the `const` counterpart of its `Display`.
    const fn push_to(self, text: &mut Text) {
        match self {
            Step::ShiftEnsemble => text.push("shift ensemble"),
            Step::Deslant => text.push("deslant"),
            Step::Downscale { crop, scale } => {
                text.push("downscale (crop ");
                text.push_number(crop as u16);
                text.push(", ");
                text.push(scale.name());
                text.push(")");
            }
        }
    }
}

/// Size of a picture and the sequence of [`Step`]s between it and the first layer.
///
/// Without steps, the pixels are the inputs.
///
/// # Examples
///
/// ```
/// use sinapse_format::format::{Preprocessing, Scale, Step};
///
/// let half = Step::Downscale { crop: 2, scale: Scale::Half };
/// let preprocessing = Preprocessing::new(28, 28).then(Step::Deslant).then(half);
/// assert_eq!(preprocessing.pixels(), Some(12 * 12));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Preprocessing {
    /// Width of the picture in pixels.
    pub width: u16,
    /// Height of the picture in pixels.
    pub height: u16,
    count: u8,
    steps: [Step; MAX_STEPS], // `UNUSED` from `count` on, so that equal sequences compare equal
}

const UNUSED: Step = Step::Deslant;

impl Preprocessing {
    /// Creates a front end without steps.
    pub const fn new(width: u16, height: u16) -> Self {
        Preprocessing { width, height, count: 0, steps: [UNUSED; MAX_STEPS] }
    }

    /// Appends a step.
    ///
    /// A step that changes nothing (crop 0 at scale 1 : 1) is left out, and so is any beyond [`MAX_STEPS`]: no valid
    /// sequence is that long.
    pub const fn push(&mut self, step: Step) {
        let is_identity = matches!(step, Step::Downscale { crop: 0, scale: Scale::One });
        if !is_identity && (self.count as usize) < MAX_STEPS {
            self.steps[self.count as usize] = step;
            self.count += 1;
        }
    }

    /// Returns the front end with one more step at the end.
    pub const fn then(mut self, step: Step) -> Self {
        self.push(step);
        self
    }

    /// Returns the front end with one more step at the beginning.
    pub const fn after(self, step: Step) -> Self {
        let mut longer = Preprocessing::new(self.width, self.height).then(step);
        let mut index = 0;
        while index < self.count as usize {
            longer.push(self.steps[index]);
            index += 1;
        }
        longer
    }

    /// Returns the steps, first to last.
    pub const fn steps(&self) -> &[Step] {
        match self.steps.split_at_checked(self.count as usize) {
            Some((steps, _)) => steps,
            None => &self.steps, // unreachable: `push` keeps `count` within `MAX_STEPS`
        }
    }

    /// Returns the number of pixels after the last step.
    ///
    /// `None` if steps are out of order, sizes do not divide, more than 65,535 pixels are left, or the picture
    /// [cannot be deslanted](Self::can_deslant).
    pub const fn pixels(&self) -> Option<u16> {
        let mut index = 1;
        while index < self.count as usize {
            if self.steps[index - 1].rank() >= self.steps[index].rank() {
                return None;
            }
            index += 1;
        }
        if self.deslants() && !self.can_deslant() {
            return None;
        }
        let (crop, scale) = self.downscale();
        match (scale.scaled(self.width, crop), scale.scaled(self.height, crop)) {
            (Some(width), Some(height)) => width.checked_mul(height),
            _ => None,
        }
    }

    /// Returns how often the layers run for one picture: [`SHIFTS`] times in a shift ensemble, else once.
    pub const fn passes(&self) -> u8 {
        if self.count > 0 && matches!(self.steps[0], Step::ShiftEnsemble) { SHIFTS } else { 1 }
    }

    /// Returns true if there is a [`Step::Deslant`].
    pub const fn deslants(&self) -> bool {
        let mut index = 0;
        while index < self.count as usize {
            if matches!(self.steps[index], Step::Deslant) {
                return true;
            }
            index += 1;
        }
        false
    }

    /// Returns crop and scale of the [`Step::Downscale`]; `(0, Scale::One)` without one.
    pub const fn downscale(&self) -> (u8, Scale) {
        match self.steps().last() {
            Some(Step::Downscale { crop, scale }) => (*crop, *scale),
            _ => (0, Scale::One),
        }
    }

    /// Returns true if the picture can be deslanted: there is a border to shift rows within, and moments fit 32 bits.
    pub const fn can_deslant(&self) -> bool {
        self.downscale().0 > 0 && self.width <= MAX_DESLANT_SIDE && self.height <= MAX_DESLANT_SIDE
    }

    /// Appends for example `28 × 28 → deslant → downscale (crop 2, Half) → `, at compile time too.
    pub(super) const fn push_to(&self, text: &mut Text) {
        text.push_number(self.width);
        text.push(" × ");
        text.push_number(self.height);
        text.push(" → ");
        let mut index = 0;
        while index < self.count as usize {
            self.steps[index].push_to(text);
            text.push(" → ");
            index += 1;
        }
    }
}

impl fmt::Display for Preprocessing {
    /// Writes for example `28 × 28 pixels, deslant, downscale (crop 2, Half)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {} pixels", self.width, self.height)?;
        self.steps().iter().try_for_each(|step| write!(f, ", {step}"))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::ShiftEnsemble => f.write_str("shift ensemble"),
            Step::Deslant => f.write_str("deslant"),
            Step::Downscale { crop, scale } => write!(f, "downscale (crop {crop}, {})", scale.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(side: u16) -> Preprocessing {
        Preprocessing::new(side, side)
    }

    #[test]
    fn a_step_that_changes_nothing_is_left_out() {
        assert_eq!(square(28).then(Step::Downscale { crop: 0, scale: Scale::One }), square(28));
        assert_eq!(square(28).pixels(), Some(784));
    }

    #[test]
    fn steps_out_of_order_or_twice_leave_no_pixels() {
        let half = Step::Downscale { crop: 2, scale: Scale::Half };
        assert_eq!(square(28).then(Step::Deslant).then(half).after(Step::ShiftEnsemble).pixels(), Some(144));
        assert_eq!(square(28).then(half).then(Step::Deslant).pixels(), None);
        assert_eq!(square(28).then(half).then(half).pixels(), None);
        assert_eq!(square(28).then(half).then(Step::ShiftEnsemble).pixels(), None);
    }

    #[test]
    fn deslanting_needs_a_border_and_a_small_picture() {
        let deslanted =
            |side, crop| square(side).then(Step::Deslant).then(Step::Downscale { crop, scale: Scale::One }).pixels();
        assert_eq!([deslanted(28, 0), deslanted(28, 1), deslanted(102, 1)], [None, Some(676), None]);
    }
}
