//! The tables of the chain itself: places and parties, links between them, their names, goods on the move, labels, buying practice.

use super::table::ColumnType::{Amount, Code, Count, Country, Currency, Date, Duns, Gln, Id, Lei, NodeId, Number, OsId, PeriodEnd};
use super::table::ColumnType::{Period, PeriodStart, Product, Sector, Share, Sign, Source, Subdivision, Text, Year, YesNo};
use super::table::{ColumnSchema, TableSchema};
use crate::base::{Kind, Stage};

/// The ways in which two nodes are linked, in the order of `validate::inputs::Relation`.
pub const RELATIONS: &[&str] = &["supplies", "subcontracts", "recruits", "lists", "owns"];
/// How a link is known, in the order of `validate::inputs::Basis`.
pub const BASES: &[&str] = &["declared", "shipment", "certificate", "inferred"];

const fn may(name: &'static str, kind: super::ColumnType, unit: &'static str, meaning: &'static str) -> ColumnSchema {
    ColumnSchema::optional(name, kind, unit, meaning)
}

const fn must(name: &'static str, kind: super::ColumnType, unit: &'static str, meaning: &'static str) -> ColumnSchema {
    ColumnSchema::required(name, kind, unit, meaning)
}

pub static NODES: TableSchema = TableSchema {
    name: "nodes",
    row: "a place or party",
    required: true,
    key: &["node_id"],
    columns: &[
        must("node_id", Id, "", "Your own identifier of the place or party; every other table refers to it."),
        must("name", Text, "", "Name of the place or party, never of a person."),
        must("kind", Code(&Kind::NAMES), "", "What the node is."),
        may("country", Country, "", "Country of the place; without it the prior is the widest."),
        may("subdivision", Subdivision, "", "State or province, as ISO 3166-2."),
        may("city", Text, "", "City, town or district."),
        may("address", Text, "", "Address of the place, never of a person's home; read to tell places apart, and never written out.")
            .sensitive(),
        may("latitude", Number { low: -90.0, high: 90.0 }, "degrees", "Latitude, WGS 84."),
        may("longitude", Number { low: -180.0, high: 180.0 }, "degrees", "Longitude, WGS 84."),
        may("sector", Sector, "", "What is done at the node: ISIC Rev. 4, or a text of the code table."),
        may("product", Product, "", "Main product: HS code, or a text of the code table."),
        may("stage", Code(&Stage::NAMES), "", "Stage of production, where sector and product do not say it."),
        may("focal", YesNo, "", "Whether the node is a company under assessment."),
        may("parent_id", NodeId, "", "The node that owns or operates this one."),
        may("lei", Lei, "", "Legal Entity Identifier."),
        may("os_id", OsId, "", "Open Supply Hub identifier."),
        may("gln", Gln, "", "Global Location Number of the place."),
        may("duns", Duns, "", "D-U-N-S number."),
        may("workers", Count, "people", "People at work at the node, hired through agencies included."),
        may("workers_low", Count, "people", "Lower end, where only a range is known."),
        may("workers_high", Count, "people", "Upper end, where only a range is known."),
        may("vendor_no", Id, "", "Number of the vendor in your own books."),
        may("category", Text, "", "Purchasing category in your own words."),
        may("places_count", Count, "places", "How many places the node stands for (766 smallholders)."),
        may("known_since", PeriodStart, "", "Since when you know the node."),
        may("female_share", Share, "share", "Share of women among the people at work."),
        may("migrant_share", Share, "share", "Share of migrants among the people at work."),
        may("informal_share", Share, "share", "Share without a written contract or registration."),
        may("young_worker_share", Share, "share", "Share of workers aged 15 to 17."),
        may("union", YesNo, "", "Whether a free union or elected representatives are there."),
        may(
            "yearly_turnover",
            Number { low: 0.0, high: 20.0 },
            "share per year",
            "Leavers of a year by mean headcount (1.2 = 120 %): the faster people change, the sooner a silence says nothing of those there now.",
        ),
        may("output_value", Amount, "base currency per year", "Sales of the node."),
        may("purchases_value", Amount, "base currency per year", "Total purchases of the node, recorded or not."),
        may("mapped_share", Share, "share", "Share of its purchases that the links hold, as declared."),
        may("capacity", Amount, "capacity_unit", "Production capacity a year."),
        may("capacity_unit", Text, "", "Unit of the capacity."),
    ],
};

pub static LINKS: TableSchema = TableSchema {
    name: "links",
    row: "goods, labour or control between two nodes",
    required: true,
    key: &[],
    columns: &[
        must("supplier_id", NodeId, "", "The node that delivers, is listed, or is owned."),
        must("buyer_id", NodeId, "", "The node that buys, lists or owns."),
        may(
            "relation",
            Code(RELATIONS),
            "",
            "supplies (where blank); subcontracts; recruits; lists (somewhere upstream, tiers between unknown); owns (control, no supply).",
        )
        .strict(),
        may("product", Product, "", "What is delivered: HS code or text; different texts are different products."),
        may("value", Amount, "currency per year", "Money a year."),
        may("currency", Currency, "", "Currency of the value; blank is the base currency."),
        may("quantity", Amount, "unit per year", "Quantity a year."),
        may("unit", Text, "", "Unit of the quantity."),
        may("share", Share, "share", "Share of the buyer's purchases of this product."),
        may("valid_from", PeriodStart, "", "First day, or a period of which the first day counts."),
        may("valid_to", PeriodEnd, "", "Last day, or a period of which the last day counts."),
        may("basis", Code(BASES), "", "How the link is known; declared where blank."),
        may("confidence", Share, "share", "How sure the source is of the link."),
        may("scope", NodeId, "", "The focal node whose disclosure the link belongs to; blank holds for all."),
        may("source", Text, "", "Where the link was read."),
    ],
};

pub static ALIASES: TableSchema = TableSchema {
    name: "aliases",
    row: "another name of a node",
    required: false,
    key: &[],
    columns: &[
        must("node_id", NodeId, "", "The node."),
        must("name", Text, "", "Another name of it."),
        may("source", Text, "", "Who uses that name."),
    ],
};

pub static IDENTIFIERS: TableSchema = TableSchema {
    name: "identifiers",
    row: "an identifier of a node beside those that `nodes` has columns for",
    required: false,
    key: &[],
    columns: &[
        must("node_id", NodeId, "", "The node."),
        must(
            "scheme",
            Id,
            "",
            "Who gives the identifier: uml (Universal Mill List), cid (smelter number), imo (vessel), register:GB-COH and the like.",
        ),
        must("value", Id, "", "The identifier."),
        may("source", Text, "", "Where it was read."),
    ],
};

/// What an entry of a screening list names, in the order of `validate::inputs::ListingScope`.
pub const LISTING_SCOPES: &[&str] = &["entity", "vessel", "region"];

pub static LISTINGS: TableSchema = TableSchema {
    name: "listings",
    row: "an entry of a screening list",
    required: false,
    key: &["entry_id"],
    columns: &[
        must("entry_id", Id, "", "Identifier of the entry; no node has it."),
        must("list", Text, "", "The list and its edition."),
        must("name", Text, "", "Name of the company, place or vessel as listed, never of a person."),
        may("aliases", Text, "", "Other names as listed, separated by ;"),
        may(
            "scope",
            Code(LISTING_SCOPES),
            "",
            "entity (where blank), vessel, or region: a whole region or good, which no name of a node can meet.",
        ),
        may("country", Country, "", "Country."),
        may("address", Text, "", "Address as listed."),
        may("identifiers", Text, "", "Identifiers as scheme:value, separated by ;"),
        may("listed_on", Date, "", "Since when the entry is in force."),
        may("removed_on", Date, "", "Since when it is not."),
        may("sign", Sign, "", "What the entry says of whoever it names; without it a hit is shown and is no evidence."),
        may("source_class", Source, "", "Source class of the list; without it a hit is shown and is no evidence."),
        may("product", Product, "", "Good that the entry is about."),
        may("source", Text, "", "Where the list was read."),
    ],
};

/// What somebody decided of two records, in the order of `validate::inputs::Verdict`.
pub const VERDICTS: &[&str] = &["same", "different"];

pub static DECISIONS: TableSchema = TableSchema {
    name: "decisions",
    row: "an answer to whether two records are one place or party; of several, the newest counts, and a row taken out is undone",
    required: false,
    key: &[],
    columns: &[
        must("left_id", Id, "", "A node or an entry of a screening list."),
        must("right_id", Id, "", "The other."),
        must("decision", Code(VERDICTS), "", "same or different."),
        may("decided_on", Date, "", "Day of the answer."),
        may("decided_by", Text, "", "Role of whoever answered, never a name."),
        may("reason", Text, "", "Why."),
        may("score", Share, "probability", "What the matcher gave when it was asked."),
    ],
};

pub static SHIPMENTS: TableSchema = TableSchema {
    name: "shipments",
    row: "one consignment",
    required: false,
    key: &["shipment_id"],
    columns: &[
        must("shipment_id", Id, "", "Identifier of the consignment."),
        may("shipper_id", NodeId, "", "The node that sent it; this or the name is needed."),
        may("shipper_name", Text, "", "Name of the shipper as on the bill."),
        may("consignee_id", NodeId, "", "The node that received it; this or the name is needed."),
        may("consignee_name", Text, "", "Name of the consignee as on the bill."),
        must("date", Date, "", "Day of the consignment."),
        must("product", Product, "", "HS code or text."),
        may("quantity", Amount, "unit", "Quantity."),
        may("unit", Text, "", "Unit of the quantity."),
        may("value", Amount, "currency", "Value."),
        may("currency", Currency, "", "Currency of the value."),
        may("origin_country", Country, "", "Country of origin of the goods."),
    ],
};

pub static TRADE_FLOWS: TableSchema = TableSchema {
    name: "trade_flows",
    row: "country trade of a year",
    required: false,
    key: &["year", "exporter", "importer", "product"],
    columns: &[
        must("year", Year, "", "Calendar year."),
        must("exporter", Country, "", "Exporting country."),
        must("importer", Country, "", "Importing country."),
        must("product", Product, "", "HS code."),
        must("value", Amount, "base currency", "Value of the year."),
        may("quantity", Amount, "tonnes", "Quantity of the year."),
    ],
};

pub static CERTIFICATES: TableSchema = TableSchema {
    name: "certificates",
    row: "a label held",
    required: false,
    key: &[],
    columns: &[
        must("node_id", NodeId, "", "The holder."),
        must("scheme", Text, "", "The scheme, as the pack names it."),
        must("issued", Date, "", "Day of issue."),
        may("expires", Date, "", "Last day of validity."),
        may("scope_product", Product, "", "Product that the label covers."),
    ],
};

pub static PURCHASING: TableSchema = TableSchema {
    name: "purchasing",
    row: "a buyer's practice towards a supplier in a quarter",
    required: false,
    key: &["buyer_id", "supplier_id", "quarter"],
    columns: &[
        must("buyer_id", NodeId, "", "The buyer."),
        must("supplier_id", NodeId, "", "The supplier."),
        must("quarter", Period, "", "The quarter (2026Q1)."),
        may("unit_price", Amount, "base currency per unit", "Price paid."),
        may("cost_benchmark", Amount, "base currency per unit", "Cost of producing it lawfully."),
        may("lead_time_days", Amount, "days", "Days from order to delivery."),
        may("payment_days", Amount, "days", "Days from delivery to payment."),
        may("order_change_share", Share, "share", "Share of orders changed after placing."),
        may("cancelled_share", Share, "share", "Share of orders cancelled."),
    ],
};

pub static PORTFOLIO: TableSchema = TableSchema {
    name: "portfolio",
    row: "a holding of an investor or a lender",
    required: false,
    key: &[],
    columns: &[
        must("node_id", Id, "", "The company held; one that nodes does not hold ends unseen."),
        must("weight", Amount, "", "What is held of it, in any one measure (money invested, a share); of each portfolio shares are taken."),
        may("portfolio", Text, "", "Name of the portfolio, where there are several."),
    ],
};
