import { beforeAll, beforeEach, expect, it } from 'vitest';
import { companyRows, createCompanyTables } from '../helpers/company-tables.ts';
import { aLine, anAddress, aSnapshot, type OrderDocument } from '../helpers/order-builder.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aMappedSystem } from '../internal-system/mapping/mapped-system.ts';

const NUMBER = '20261129172337001';

function aVersion(minute: number, overrides: Partial<OrderDocument> = {}) {
  const updatedAt = `2026-11-29T09:${String(minute).padStart(2, '0')}:37.000Z`;
  return aSnapshot({ order: { orderNumber: NUMBER, shopOrderId: '98231', updatedAt, ...overrides } });
}

describeDatabases('examples/my-tables.ts', (workbench) => {
  const { kind } = workbench;
  const rows = () => companyRows(workbench.database);
  const staff = (statement: string) => workbench.database.sql(statement);

  beforeAll(() => createCompanyTables(kind, workbench.database));
  beforeEach(async () => {
    await staff('DELETE FROM ecs_order_goods');
    await staff('DELETE FROM ecs_order_info');
  });

  it('writes an order as the company keeps it', async () => {
    const system = await aMappedSystem(workbench);
    await system.writeOrders([aVersion(23)]);
    const { orders, goods } = await rows();
    expect(orders).toEqual([
      {
        order_sn: NUMBER,
        order_status: '1',
        shipping_status: '0',
        pay_status: '2',
        consignee: '王小明',
        mobile: '13800000000',
        address: '浙江省杭州市西湖区文三路 1 号 2 幢 301',
        zipcode: '310000',
        postscript: '请周末送货',
        to_buyer: '',
        goods_amount: '119.40',
        shipping_fee: '10.00',
        order_amount: '129.40',
        add_time: '1795334400',
        pay_time: '1795334404',
        last_change: expect.stringMatching(/^2026-11-29[T ]17:23:37/),
      },
    ]);
    expect(goods.map(Object.values)).toEqual([
      [NUMBER, '1', 'TEA-LJ-250', '龙井茶 250g', '2', '59.90', '0'],
      [NUMBER, '2', 'CUP-01', 'Glass cup “Śląsk” ', '1', '9.60', '0'],
    ]);
  });

  it('leaves alone what belongs to the staff, whatever changes', async () => {
    const system = await aMappedSystem(workbench);
    await system.writeOrders([aVersion(23)]);
    await staff("UPDATE ecs_order_info SET shipping_status = 3, to_buyer = 'call first'");
    await staff('UPDATE ecs_order_goods SET send_number = 1 WHERE line_no = 2');
    const [before] = await staff('SELECT order_id FROM ecs_order_info');
    await system.writeOrders([
      aVersion(24, {
        status: 'cancelled',
        shippingAddress: anAddress({ recipient: '李雷' }),
        lines: [aLine({ quantity: 1 }), aLine({ lineId: '2', sku: 'CUP-02', name: 'Cup', unitPrice: '9.60' })],
      }),
    ]);
    const { orders, goods } = await rows();
    expect(orders).toMatchObject([
      { order_status: '2', pay_status: '0', consignee: '李雷', shipping_status: '3', to_buyer: 'call first' },
    ]);
    expect(goods).toMatchObject([
      { goods_number: '1', send_number: '0' },
      { goods_sn: 'CUP-02', send_number: '1' },
    ]);
    expect(await staff('SELECT order_id FROM ecs_order_info')).toEqual([before]);
  });

  it('takes lines away and adds others', async () => {
    const system = await aMappedSystem(workbench);
    await system.writeOrders([aVersion(23)]);
    await system.writeOrders([aVersion(24, { lines: [aLine()] })]);
    expect((await rows()).goods).toMatchObject([{ line_no: '1' }]);
    await system.writeOrders([aVersion(25, { lines: [aLine(), aLine({ lineId: '7' }), aLine({ lineId: '8' })] })]);
    expect((await rows()).goods).toMatchObject([{ line_no: '1' }, { line_no: '2' }, { line_no: '3' }]);
    await system.writeOrders([aVersion(26, { status: 'cancelled', lines: [] })]);
    expect((await rows()).goods).toEqual([]);
  });

  it('keeps the row of an order that gets another number', async () => {
    const system = await aMappedSystem(workbench);
    await system.writeOrders([aVersion(23)]);
    const [before] = await staff('SELECT order_id FROM ecs_order_info');
    await system.writeOrders([aVersion(24, { orderNumber: 'R-1' })]);
    expect(await staff("SELECT order_id FROM ecs_order_info WHERE order_sn = 'R-1'")).toEqual([before]);
    expect((await rows()).orders).toHaveLength(1);
  });

  it('keeps numbers apart that move on from order to order, in one batch', async () => {
    const system = await aMappedSystem(workbench);
    const order = (id: string, orderNumber: string, minute: number) =>
      aVersion(minute, { orderNumber, shopOrderId: id, buyer: { id, name: id, email: null, phone: null } });
    const names = async () => (await rows()).orders.map((row) => row['order_sn']);
    await system.writeOrders([order('a', 'N1', 1), order('b', 'N2', 1)]);
    const ids = await staff('SELECT order_id FROM ecs_order_info ORDER BY order_sn');
    await system.writeOrders([order('b', 'N3', 2), order('a', 'N2', 2)]);
    expect(await names()).toEqual(['N2', 'N3']);
    expect(await staff('SELECT order_id FROM ecs_order_info ORDER BY order_sn')).toEqual(ids);
  });

  it('is not run for what is not newer', async () => {
    const system = await aMappedSystem(workbench);
    await system.writeOrders([aVersion(23, { status: 'cancelled' })]);
    await staff('DELETE FROM ecs_order_goods');
    await system.writeOrders([aVersion(23, { status: 'cancelled' }), aVersion(22)]);
    expect(await rows()).toMatchObject({ orders: [{ order_status: '2' }], goods: [] });
  });
});
