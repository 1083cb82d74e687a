//! Lists, whole: filters into rows, nested includes, pages in both directions; over rows of which some are hidden.

mod conditions;
mod includes;
mod library;
mod pages;
mod rows;
mod typed;
