//! The front end: the steps that turn a picture into the inputs of the first layer.

use core::fmt;

use super::scale::Scale;
use super::text::Text;

/// Number of passes of a shift ensemble, see [`shift`](crate::picture::shift).
pub const SHIFTS: u8 = 5;

/// Largest width and height of a picture that can be deslanted: its moments fit 32 bits up to there.
pub const MAX_DESLANT_SIDE: u16 = 100;

/// Maximum number of front-end steps that a description holds.
pub const MAX_STEPS: usize = 3;

/// One step of the front end. A new step starts here; the compiler then names every place that must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Step {
    /// Runs all that follows on [`SHIFTS`] shifted copies of the picture and adds their logits (test-time augmentation),
    /// see [`shift`](crate::picture::shift). Integer networks only; the first step if there is one.
    ShiftEnsemble,
    /// Shifts rows sideways until the writing stands upright, see [`deslant`](crate::picture::deslant). Followed by a
    /// [`Downscale`](Self::Downscale) that crops, because rows are moved within the border.
    Deslant,
    /// Crops and averages, see [`downscale`](crate::picture::downscale). The last step.
    Downscale {
        /// Pixels cut off at every side.
        crop: u8,
        /// Ratio of the result to the rest.
        scale: Scale,
    },
}

impl Step {
    /// Position in the only order in which steps may follow each other.
    const fn rank(self) -> u8 {
        match self {
            Step::ShiftEnsemble => 0,
            Step::Deslant => 1,
            Step::Downscale { .. } => 2,
        }
    }

    /// Appends the step's name and numbers, at compile time too.
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

/// A picture's size and the sequence of [`Step`]s between it and the first layer; without steps, its pixels are the inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Preprocessing {
    /// Width of the picture in pixels.
    pub width: u16,
    /// Height of the picture in pixels.
    pub height: u16,
    count: u8,
    steps: [Step; MAX_STEPS], // those from `count` on are `UNUSED`, so that equal sequences compare equal
}

const UNUSED: Step = Step::Deslant;

impl Preprocessing {
    /// A picture without any step yet.
    pub const fn new(width: u16, height: u16) -> Self {
        Preprocessing { width, height, count: 0, steps: [UNUSED; MAX_STEPS] }
    }

    /// Appends a step. One that changes nothing (crop 0 at scale 1 : 1) is left out; beyond [`MAX_STEPS`] nothing is
    /// appended, which no valid sequence needs.
    pub const fn push(&mut self, step: Step) {
        let is_identity = matches!(step, Step::Downscale { crop: 0, scale: Scale::One });
        if !is_identity && (self.count as usize) < MAX_STEPS {
            self.steps[self.count as usize] = step;
            self.count += 1;
        }
    }

    /// The same with one more step at the end.
    pub const fn then(mut self, step: Step) -> Self {
        self.push(step);
        self
    }

    /// The same with one more step at the beginning.
    pub const fn after(self, step: Step) -> Self {
        let mut longer = Preprocessing::new(self.width, self.height).then(step);
        let mut index = 0;
        while index < self.count as usize {
            longer.push(self.steps[index]);
            index += 1;
        }
        longer
    }

    /// The steps, first to last.
    pub const fn steps(&self) -> &[Step] {
        match self.steps.split_at_checked(self.count as usize) {
            Some((steps, _)) => steps,
            None => &self.steps, // `push` counts no further than there are
        }
    }

    /// Number of pixels that the last step leaves; `None` if steps are out of order, sizes do not divide, more than 65,535
    /// pixels are left, or the picture [cannot be deslanted](Self::can_deslant).
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

    /// How often the layers run for one picture: [`SHIFTS`] times for a shift ensemble, else once.
    pub const fn passes(&self) -> u8 {
        if self.count > 0 && matches!(self.steps[0], Step::ShiftEnsemble) { SHIFTS } else { 1 }
    }

    /// True if there is a [`Step::Deslant`].
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

    /// Crop and scale of the [`Step::Downscale`]; `(0, Scale::One)` without one.
    pub const fn downscale(&self) -> (u8, Scale) {
        match self.steps().last() {
            Some(Step::Downscale { crop, scale }) => (*crop, *scale),
            _ => (0, Scale::One),
        }
    }

    /// True if pictures of this size can be deslanted: there is a border to move rows within, and moments fit 32 bits.
    pub const fn can_deslant(&self) -> bool {
        self.downscale().0 > 0 && self.width <= MAX_DESLANT_SIDE && self.height <= MAX_DESLANT_SIDE
    }

    /// Appends `28 × 28 → deslant → downscale (crop 2, Half) → `, at compile time too.
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
    /// `28 × 28 pixels, deslant, downscale (crop 2, Half)`.
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
    fn slants_are_corrected_within_a_border_and_up_to_a_size() {
        let deslanted =
            |side, crop| square(side).then(Step::Deslant).then(Step::Downscale { crop, scale: Scale::One }).pixels();
        assert_eq!([deslanted(28, 0), deslanted(28, 1), deslanted(102, 1)], [None, Some(676), None]);
    }
}
