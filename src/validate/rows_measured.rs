//! Typed cells to rows of what was counted and measured: surveys, recruitment, payroll, purchasing, shipments, certificates,
//! flows of trade.
//!
//! Amounts of payroll and purchasing are in base currency by their declaration. A recruitment row states fee and wage in one currency, so
//! that their ratio needs no rate. A shipment has a currency of its own and is converted as links are.

use super::context::{Context, cell, date, number, text, yes_no};
use super::inputs::{CertificateRow, HoldingRow, PayrollRow, PurchasingRow, RecruitmentRow, RowRef, ShipmentRow, SurveyRow, TradeFlowRow};
use super::quarantine::inert;
use super::rows_chain::{incomplete, positions};
use super::table_run::{Place, RowFault};
use super::typed::Cell;
use crate::base::{CountryCode, Date, Period, Symbol};
use crate::schema::TableSchema;
use crate::schema::codes as c;
use std::sync::Arc;

positions!(SurveyAt { node_id, date, sign, asked, yes, method, origin });
positions!(RecruitmentAt {
    node_id,
    period,
    origin_country,
    agency_id,
    agency_licensed,
    workers,
    fee_paid_mean,
    fee_currency,
    monthly_wage,
    loan_share,
    documents_held_share,
    visa_tied,
});
positions!(PayrollAt {
    node_id,
    period,
    legal_minimum_wage,
    median_wage,
    hours_mean,
    hours_p95,
    deductions_share,
    paid_late_days,
    under_18,
    under_15,
});
positions!(PurchasingAt {
    buyer_id,
    supplier_id,
    quarter,
    unit_price,
    cost_benchmark,
    lead_time_days,
    payment_days,
    order_change_share,
    cancelled_share,
});
positions!(HoldingAt { node_id, weight, portfolio });
positions!(ShipmentAt {
    shipment_id,
    shipper_id,
    shipper_name,
    consignee_id,
    consignee_name,
    date,
    product,
    quantity,
    unit,
    value,
    currency,
    origin_country,
});
positions!(TradeFlowAt { year, exporter, importer, product, value });
positions!(CertificateAt { node_id, scheme, issued, expires, scope_product });

fn id(context: &mut Context, cells: &[Cell], at: usize) -> Result<Symbol, RowFault> {
    maybe_id(context, cells, at).ok_or_else(|| incomplete(at))
}

fn maybe_id(context: &mut Context, cells: &[Cell], at: usize) -> Option<Symbol> {
    text(cells, at).map(|t| context.ids.intern(t))
}

fn day(cells: &[Cell], at: usize) -> Result<Date, RowFault> {
    date(cells, at).ok_or_else(|| incomplete(at))
}

fn period(cells: &[Cell], at: usize) -> Option<Period> {
    match cell(cells, at) {
        Cell::Period(p) => Some(*p),
        _ => None,
    }
}

fn country(cells: &[Cell], at: usize) -> Option<CountryCode> {
    match cell(cells, at) {
        Cell::Country(country) => Some(*country),
        _ => None,
    }
}

impl SurveyAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], _: &Place, at: RowRef) -> Result<SurveyRow, RowFault> {
        let sign = match cell(cells, self.sign) {
            Cell::Sign(s, _) => *s,
            _ => return Err(incomplete(self.sign)),
        };
        Ok(SurveyRow {
            node: id(context, cells, self.node_id)?,
            date: day(cells, self.date)?,
            sign,
            asked: number(cells, self.asked).ok_or_else(|| incomplete(self.asked))?,
            yes: number(cells, self.yes).ok_or_else(|| incomplete(self.yes))?,
            method: text(cells, self.method).map(Arc::from),
            origin: maybe_id(context, cells, self.origin),
            row: at,
        })
    }
}

impl RecruitmentAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], _: &Place, at: RowRef) -> Result<RecruitmentRow, RowFault> {
        Ok(RecruitmentRow {
            node: id(context, cells, self.node_id)?,
            period: period(cells, self.period),
            origin_country: country(cells, self.origin_country),
            agency: maybe_id(context, cells, self.agency_id),
            agency_licensed: yes_no(cells, self.agency_licensed),
            workers: number(cells, self.workers),
            fee_paid_mean: number(cells, self.fee_paid_mean),
            fee_currency: text(cells, self.fee_currency).map(|t| context.ids.intern(t)),
            monthly_wage: number(cells, self.monthly_wage),
            loan_share: number(cells, self.loan_share),
            documents_held_share: number(cells, self.documents_held_share),
            visa_tied: yes_no(cells, self.visa_tied),
            row: at,
        })
    }
}

impl PayrollAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], _: &Place, at: RowRef) -> Result<PayrollRow, RowFault> {
        Ok(PayrollRow {
            node: id(context, cells, self.node_id)?,
            period: period(cells, self.period).ok_or_else(|| incomplete(self.period))?,
            legal_minimum_wage: number(cells, self.legal_minimum_wage),
            median_wage: number(cells, self.median_wage),
            hours_mean: number(cells, self.hours_mean),
            hours_p95: number(cells, self.hours_p95),
            deductions_share: number(cells, self.deductions_share),
            paid_late_days: number(cells, self.paid_late_days),
            under_18: number(cells, self.under_18),
            under_15: number(cells, self.under_15),
            row: at,
        })
    }
}

impl PurchasingAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], _: &Place, at: RowRef) -> Result<PurchasingRow, RowFault> {
        Ok(PurchasingRow {
            buyer: id(context, cells, self.buyer_id)?,
            supplier: id(context, cells, self.supplier_id)?,
            quarter: period(cells, self.quarter).ok_or_else(|| incomplete(self.quarter))?,
            unit_price: number(cells, self.unit_price),
            cost_benchmark: number(cells, self.cost_benchmark),
            lead_time_days: number(cells, self.lead_time_days),
            payment_days: number(cells, self.payment_days),
            order_change_share: number(cells, self.order_change_share),
            cancelled_share: number(cells, self.cancelled_share),
            row: at,
        })
    }
}

impl HoldingAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], _: &Place, at: RowRef) -> Result<HoldingRow, RowFault> {
        Ok(HoldingRow {
            node: context.ids.intern(text(cells, self.node_id).ok_or_else(|| incomplete(self.node_id))?),
            weight: number(cells, self.weight).ok_or_else(|| incomplete(self.weight))?,
            portfolio: text(cells, self.portfolio).unwrap_or("").into(),
            row: at,
        })
    }
}

/// A shipment whose value still has its own currency.
#[derive(Clone, Debug)]
pub(super) struct RawShipment {
    pub shipment: ShipmentRow,
    pub currency: Option<Symbol>,
}

impl ShipmentAt {
    /// The row; that each end has an id or a name was checked before.
    pub fn row(&self, context: &mut Context, cells: &[Cell], place: &Place, at: RowRef) -> Result<RawShipment, RowFault> {
        let product_text = text(cells, self.product).ok_or_else(|| incomplete(self.product))?;
        let product = context.product_code(product_text).or_else(|| context.code_text(product_text).product);
        if product.is_none() && context.code_text(product_text) == crate::mapping::CodeText::default() {
            context.count_uncoded("shipments.product", product_text, &|| place.of(self.product));
        }
        let named = product.map_or_else(|| crate::mapping::fold(product_text), |p| p.as_str().to_owned());
        let shipment = ShipmentRow {
            shipment: id(context, cells, self.shipment_id)?,
            shipper: maybe_id(context, cells, self.shipper_id),
            shipper_name: text(cells, self.shipper_name).map(Arc::from),
            consignee: maybe_id(context, cells, self.consignee_id),
            consignee_name: text(cells, self.consignee_name).map(Arc::from),
            date: day(cells, self.date)?,
            product,
            product_text: Some(context.ids.intern(&named)),
            heading: Some(context.ids.intern(product.as_ref().map_or(&named, |p| p.head(4)))),
            quantity: number(cells, self.quantity),
            unit: maybe_id(context, cells, self.unit),
            value: number(cells, self.value),
            origin_country: country(cells, self.origin_country),
            row: at,
        };
        Ok(RawShipment { shipment, currency: maybe_id(context, cells, self.currency) })
    }
}

impl TradeFlowAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], place: &Place, at: RowRef) -> Result<TradeFlowRow, RowFault> {
        let product_text = text(cells, self.product).ok_or_else(|| incomplete(self.product))?;
        let product = context.product_code(product_text).or_else(|| context.code_text(product_text).product);
        if product.is_none() {
            context.count_uncoded("trade_flows.product", product_text, &|| place.of(self.product));
        }
        Ok(TradeFlowRow {
            year: number(cells, self.year).ok_or_else(|| incomplete(self.year))? as i32,
            exporter: country(cells, self.exporter).ok_or_else(|| incomplete(self.exporter))?,
            importer: country(cells, self.importer).ok_or_else(|| incomplete(self.importer))?,
            product,
            value: number(cells, self.value).ok_or_else(|| incomplete(self.value))?,
            row: at,
        })
    }
}

impl CertificateAt {
    pub fn row(&self, context: &mut Context, cells: &[Cell], place: &Place, at: RowRef) -> Result<CertificateRow, RowFault> {
        let scheme = text(cells, self.scheme).ok_or_else(|| incomplete(self.scheme))?;
        if !context.words.scheme_exists(scheme) {
            let found = format!("{} is no scheme of the method pack", inert(scheme));
            context.collector.say(&c::SCHEME_UNKNOWN, place.of(self.scheme), found, c::SCHEME_UNKNOWN.remedy);
        }
        let scope_product = text(cells, self.scope_product).and_then(|t| context.product_code(t).or_else(|| context.code_text(t).product));
        Ok(CertificateRow {
            node: id(context, cells, self.node_id)?,
            scheme: scheme.into(),
            issued: day(cells, self.issued)?,
            expires: date(cells, self.expires),
            scope_product,
            row: at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::input_table;

    #[test]
    fn every_column_that_a_row_takes_is_declared() {
        let t = |name: &str| input_table(name).unwrap();
        let all = [
            SurveyAt::of(t("surveys")).all(),
            RecruitmentAt::of(t("recruitment")).all(),
            PayrollAt::of(t("payroll")).all(),
            PurchasingAt::of(t("purchasing")).all(),
            HoldingAt::of(t("portfolio")).all(),
            ShipmentAt::of(t("shipments")).all(),
            CertificateAt::of(t("certificates")).all(),
            TradeFlowAt::of(t("trade_flows")).all(),
        ];
        assert!(all.iter().flatten().all(|at| *at != usize::MAX));
    }
}
