mod mapping;
mod read;
mod schema;
mod validate;
