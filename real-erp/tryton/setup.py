#!/usr/bin/python3
"""Fills an empty Tryton database through proteus, as a company would by hand: company, chart of accounts, taxes, currencies,
products, the party of the shop's customers, and two users: order-sync, and one of the staff."""
import datetime
import os
import sys
from decimal import Decimal

from proteus import Model, Wizard, config

uri, conf = sys.argv[1:3]
cfg = config.set_trytond(uri, config_file=conf)

# The first-start wizards of the desktop client are of no use here.
for item in Model.get('ir.module.config_wizard.item').find([('state', '!=', 'done')]):
    item.state = 'done'
    item.save()

Currency = Model.get('currency.currency')
for code, name, symbol, digits, rate in [
        ('EUR', 'Euro', '€', 2, '1'), ('USD', 'US Dollar', '$', 2, '1.1'),
        ('JPY', 'Yen', '¥', 0, '160'), ('CNY', '人民币', '¥', 2, '7.8')]:
    if not Currency.find([('code', '=', code)]):
        c = Currency(code=code, name=name, symbol=symbol, digits=digits, rounding=Decimal(1).scaleb(-digits))
        c.rates.new(date=datetime.date(2020, 1, 1), rate=Decimal(rate))
        c.save()
eur, = Currency.find([('code', '=', 'EUR')])

Party = Model.get('party.party')
Country = Model.get('country.country')
for code, name in [('DE', 'Germany'), ('FR', 'France'), ('GB', 'United Kingdom'), ('PL', 'Poland'), ('CN', 'China'),
        ('JP', 'Japan'), ('US', 'United States'), ('SA', 'Saudi Arabia')]:
    if not Country.find([('code', '=', code)]):
        Country(code=code, name=name).save()

if not Model.get('company.company').find():
    party = Party(name='Beispiel Handels GmbH 示例商贸')
    party.save()
    wizard = Wizard('company.company.config')
    wizard.execute('company')
    wizard.form.party, wizard.form.currency = party, eur
    wizard.execute('add')
company, = Model.get('company.company').find()
User = Model.get('res.user')
cfg._context = User.get_preferences(True, {})

Account = Model.get('account.account')
if not Account.find([('company', '=', company.id)]):
    data, = Model.get('ir.model.data').find([('module', '=', 'account'), ('fs_id', '=', 'account_template_root_en')], limit=1)
    chart = Wizard('account.create_chart')
    chart.execute('account')
    chart.form.account_template = Model.get('account.account.template')(data.db_id)
    chart.form.company = company
    chart.execute('create_account')
    kinds = {k: Account.find([(f'type.{k}', '=', True), ('company', '=', company.id)], limit=1)[0] for k in ('receivable', 'payable')}
    if kinds['receivable'].party_required:
        chart.form.account_receivable = kinds['receivable']
    if kinds['payable'].party_required:
        chart.form.account_payable = kinds['payable']
    chart.execute('create_properties')
accounts = {k: Account.find([(f'type.{k}', '=', True), ('company', '=', company.id)], limit=1)[0] for k in ('revenue', 'expense')}
accounts['tax'], = Account.find([('company', '=', company.id), ('name', '=', 'Main Tax')], limit=1)

FiscalYear = Model.get('account.fiscalyear')
if not FiscalYear.find():
    SequenceType = Model.get('ir.sequence.type')
    move_type, = SequenceType.find([('name', '=', 'Account Move')], limit=1)
    invoice_type, = SequenceType.find([('name', '=', 'Invoice')], limit=1)
    for year in (datetime.date.today().year, datetime.date.today().year + 1):
        moves = Model.get('ir.sequence')(name=str(year), sequence_type=move_type, company=company)
        moves.save()
        invoices = Model.get('ir.sequence.strict')(name=str(year), sequence_type=invoice_type, company=company)
        invoices.save()
        fy = FiscalYear(name=str(year), start_date=datetime.date(year, 1, 1), end_date=datetime.date(year, 12, 31), company=company)
        fy.post_move_sequence = moves
        seq, = fy.invoice_sequences
        for kind in ('out_invoice', 'in_invoice', 'out_credit_note', 'in_credit_note'):
            setattr(seq, f'{kind}_sequence', invoices)
        fy.click('create_period')

Tax = Model.get('account.tax')
taxes = {}
for rate in ('0.19', '0.07'):
    found = Tax.find([('rate', '=', Decimal(rate)), ('parent', '=', None)])
    if not found:
        t = Tax(name=f'VAT {int(Decimal(rate) * 100)}%', description=f'VAT {int(Decimal(rate) * 100)}%', type='percentage',
            rate=Decimal(rate), invoice_account=accounts['tax'], credit_note_account=accounts['tax'])
        t.save()
        found = [t]
    taxes[rate] = found[0]

Category = Model.get('product.category')
categories = {}
for key, rate in (('VAT 19', '0.19'), ('VAT 7', '0.07'), ('No VAT', None)):
    found = Category.find([('name', '=', key), ('accounting', '=', True)])
    if not found:
        c = Category(name=key, accounting=True, account_expense=accounts['expense'], account_revenue=accounts['revenue'])
        if rate:
            c.customer_taxes.append(Tax(taxes[rate].id))
        c.save()
        found = [c]
    categories[key] = found[0]

# What the shop sells, plus what an order carries that is no product.
Uom = Model.get('product.uom')
unit, = Uom.find([('name', '=', 'Unit')])
Template = Model.get('product.template')
for code, name, kind, price, cat in [
        ('NB-A5', 'Linen notebook A5', 'goods', '10.88', 'VAT 19'), ('PEN-EF', 'Fountain pen EF', 'goods', '41.93', 'VAT 19'),
        ('PEN-F', 'Fountain pen F', 'goods', '41.93', 'VAT 19'), ('PEN-M', 'Fountain pen M', 'goods', '46.13', 'VAT 19'),
        ('CUP-青花-01', '青花瓷茶杯', 'goods', '73.95', 'VAT 19'), ('BOOK-001', 'Über die Wörter', 'goods', '22.43', 'VAT 7'),
        ('GIFT-25', 'Gift card 25', 'service', '25.00', 'No VAT'), ('SCR-M3', 'Screw M3', 'goods', '0.06', 'VAT 19'),
        ('DESK-OAK', 'Standing desk oak', 'goods', '1091.60', 'VAT 19'), ('DESK-WAL', 'Standing desk walnut', 'goods', '1217.65', 'VAT 19'),
        ('STK-0', 'Sticker', 'goods', '0', 'VAT 19'), ('SHIPPING', 'Shipping', 'service', '0', 'VAT 19'),
        ('DISCOUNT', 'Discount', 'service', '0', 'VAT 19'), ('SURCHARGE', 'Surcharge', 'service', '0', 'VAT 19')]:
    if not Template.find([('code', '=', code)]):
        t = Template(name=name, code=code, default_uom=unit, type=kind, salable=True, list_price=Decimal(price), account_category=categories[cat])
        t.save()

if not Model.get('account.invoice.payment_term').find():
    term = Model.get('account.invoice.payment_term')(name='Direct')
    term.lines.new(type='remainder')
    term.save()

# A confirmed sale may be taken back for an hour before the worker turns it into shipment and invoice.
SaleConfig = Model.get('sale.configuration')
sc = SaleConfig(1)
sc.sale_process_after = datetime.timedelta(hours=1)
sc.save()

# Web customers are booked on one party here; per-order addresses are added to it by the integration.
if not Party.find([('code', '=', 'WEB')]):
    p = Party(name='Web shop customers', code='WEB')
    p.addresses[0].street, p.addresses[0].city = 'Internet', 'Köln'
    p.save()

Group = Model.get('res.group')
for login, password, groups in [
        ('order-sync', os.environ['ERP_PASSWORD'], ('Sales', 'Stock', 'Account')),
        ('staff', os.environ['STAFF_PASSWORD'], ('Sales', 'Sales Administrator', 'Stock', 'Account'))]:
    u = User(name=login, login=login, password=password)
    for name in groups:
        u.groups.append(Group.find([('name', '=', name)])[0])
    u.companies.append(Model.get('company.company')(company.id))
    u.company = Model.get('company.company')(company.id)
    u.save()
