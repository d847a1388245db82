/**
 * What shops call the fields of an order: English, pinyin (also its initials) and Chinese, each list best first. Names are compared without case and
 * separators, so `order_sn`, `orderSn` and `Order-SN` are one.
 */

/** What an object in an order is about. `plain`: about the order itself, such as `order_info`. */
export type Topic = 'plain' | 'delivery' | 'billing' | 'buyer' | 'money' | 'times' | 'payment';

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');

/** Objects whose fields count. Whatever else an order holds (its shop, its coupons) is about something else. */
export const TOPIC_NAMES: Readonly<Record<Topic, readonly string[]>> = {
  plain: words(`order orderinfo orderdata orderdetail baseinfo basicinfo base info main header remarkinfo
    attributes fields dingdan dingdanxinxi 订单 订单信息 基本信息 主单`),
  delivery:
    words(`shippingaddress deliveryaddress shipping delivery shipaddress shippinginfo deliveryinfo receiver receiverinfo recipient
    consignee consigneeinfo consigneeaddress receiveraddress address addressinfo postaddr shipto shiptoaddress logistics
    shouhuoxinxi shouhuodizhi shouhuoren dizhi 收货信息 收货地址 收货人 收货人信息 收件人 收件信息 地址 配送信息`),
  billing: words('billing billingaddress billaddress billto invoiceaddress invoice 账单地址 发票地址 发票'),
  buyer: words(`buyer buyerinfo customer customerinfo user userinfo member memberinfo client account purchaser
    maijia maijiaxinxi huiyuan yonghu kehu 买家 买家信息 会员 会员信息 用户 客户 客户信息 顾客`),
  money:
    words(`totals total amount amounts money price prices pricing fee fees summary cost payinfo pricingsummary pricesummary priceinfo amountinfo costs charges
    jine feiyong jiage 金额 金额信息 费用 价格`),
  times: words('times time dates timestamps timeline shijian 时间 时间信息'),
  payment: words(
    'payment payments pay paymentinfo transaction transactions zhifu zhifuxinxi 支付 支付信息 付款 付款信息',
  ),
};

/** In front of a name they say the same as an object of that topic around it: `receiver_name`, `收货人姓名`. */
export const TOPIC_PREFIXES: readonly (readonly [prefix: string, topic: Topic])[] = [
  ...prefixes(
    'delivery',
    `receiver shippingaddress deliveryaddress shipping delivery consignee recipient shipto ship
    shouhuoren shouhuo 收货人 收货 收件人 收件`,
  ),
  ...prefixes('billing', 'billingaddress billing billto invoice 账单 发票'),
  ...prefixes('buyer', 'buyer customer user member client maijia huiyuan yonghu kehu 买家 会员 用户 客户 下单人'),
  ...prefixes('payment', 'payment pay zhifu 支付'),
  ...prefixes('plain', 'order trade dingdan 订单'),
];

function prefixes(topic: Topic, text: string): (readonly [string, Topic])[] {
  return words(text).map((prefix) => [prefix, topic]);
}

/** A field's names by topic. In `plain` they stand in the order itself. */
type Names = Partial<Record<Topic, readonly string[]>>;

const plain = (text: string): Names => ({ plain: words(text) });
const times = (text: string): Names => ({ plain: words(text), times: words(text), payment: [] });
const money = (text: string, inMoney = ''): Names => ({ plain: words(text), money: words(`${inMoney} ${text}`) });
const delivery = (text: string, alone = ''): Names => ({ delivery: words(text), plain: words(alone) });

export const ORDER_NAMES = {
  orderNumber:
    plain(`ordernumber orderno ordersn ordernum ordercode incrementid tid tradeno outtradeno displayid number code sn
    no reference dingdanhao dingdanbianhao dingdanliushuihao bianhao ddh ddbh oid 订单号 订单编号 订单编码 订单流水号 编号`),
  shopOrderId: plain(
    'id orderid entityid amazonorderid platformorderid externalorderid uuid orderuuid guid dingdanid 订单id 主键',
  ),
  status:
    plain(`status orderstatus state orderstate tradestatus orderstatusname statusname statustext orderstatustext statusdesc orderstatusdesc currentstate statuscode zhuangtai dingdanzhuangtai ddzt
    订单状态 状态 交易状态`),
  payStatus: {
    ...plain(`ispaid paystatus paymentstatus paymentstate paystate financialstatus paid ispay zhifuzhuangtai fukuanzhuangtai zfzt fkzt
      支付状态 付款状态 是否付款 是否支付`),
    payment: words('status state'),
  },
  shipStatus:
    plain(`shippingstatus shipmentstatus shipstatus deliverystatus fulfillmentstatus shipmentstate logisticsstatus
    fahuozhuangtai fhzt 发货状态 物流状态 配送状态`),
  currency: {
    ...plain('currency currencycode ordercurrencycode ordercurrency bizhong huobi 币种 货币'),
    money: words('currency currencycode 币种'),
  },
  placedAt:
    times(`placedat orderplacedat createdat createtime purchasedate createdon orderplacedon createdtime created ctime addtime ordertime orderdate
    datecreatedgmt datecreated dateadded dateadd datecreate ordercreatetime orderstarttime processedat bookedat gmtcreate
    creationdate placed xiadanshijian chuangjianshijian xdsj cjsj 下单时间 创建时间 下单日期 订单时间 拍下时间`),
  paidAt: {
    ...times(`paidat paytime paidtime paiddate paidon paymenttime datepaidgmt datepaid paymentconfirmtime paydate paymentdate confirmtime paid
      fukuanshijian zhifushijian fksj zfsj 付款时间 支付时间 付款日期`),
    payment: words('paidat paytime time date at'),
  },
  shippedAt:
    times(`shippedat shiptime shippingtime delivertime deliverytime sendtime consigntime dateshipped fulfilledat
    fahuoshijian fhsj shipped 发货时间`),
  completedAt:
    times(`completedat completetime completedtime finishtime finishedat endtime receivetime signtime datecompletedgmt
    datecompleted wanchengshijian wcsj done 完成时间 成交时间 签收时间`),
  cancelledAt:
    times(`cancelledat canceledat canceltime cancelledtime canceledtime closetime closedat datecancelled quxiaoshijian qxsj
    cancelled canceled 取消时间 关闭时间`),
  updatedAt:
    times(`updatedat updatetime updatedtime lastupdatedate lastmodifieddate lastmodifiedon updatedon modifiedon modifiedat modifytime modifiedtime datemodifiedgmt datemodified dateupd
    dateupdated lastmodified lastupdated lastupdate lastupdatetime modified updated utime mtime gmtmodified orderendtime changed changedat
    gengxinshijian xiugaishijian gxsj xgsj 更新时间 修改时间 最后修改时间`),
  cancelReason: plain('cancelreason canceledreason cancelledreason closereason quxiaoyuanyin qxyy 取消原因 关闭原因'),

  buyerId: { buyer: words('id userid customerid memberid openid uid'), plain: words('uid openid pin 会员号') },
  buyerName: {
    buyer: words(`name fullname nickname nick username realname truename displayname xingming nicheng mingcheng
      姓名 名称 昵称 用户名`),
    plain: words('maijia 买家 会员 客户'),
  },
  buyerFirstName: { buyer: words('firstname givenname'), plain: [] },
  buyerLastName: { buyer: words('lastname familyname surname'), plain: [] },
  buyerEmail: {
    buyer: words('email emailaddress mail youxiang 邮箱'),
    plain: words('email emailaddress contactemail youxiang 邮箱'),
    billing: words('email'),
  },
  buyerPhone: { buyer: words('phone mobile tel telephone phonenumber shouji dianhua 手机 手机号 电话'), plain: [] },

  recipient: {
    ...delivery(
      `name fullname receivername realname contact contactname consignee recipient xingming 姓名 名字 联系人`,
      `consignee receiver recipient realname postreceiver shouhuoren shoujianren lianxiren shr shrxm sjr 收货人 收件人 收货人姓名 联系人 姓名`,
    ),
  },
  firstName: delivery('firstname givenname'),
  lastName: delivery('lastname familyname surname'),
  phone: delivery(
    `mobile phone tel telephone phonenumber mobilephone cellphone contactphone shoujihao shouji dianhua lianxidianhua
     sjh lxdh 手机 手机号 手机号码 电话 联系电话`,
    `mobile phone tel telephone phonenumber mobilephone posttel shouji shoujihao dianhua lianxidianhua
     sjh lxdh 手机 手机号 手机号码 电话 联系电话`,
  ),
  country: delivery(
    'countrycode countryiso2 isocode2 countryid countryiso country guojia 国家',
    'countrycode country guojia 国家',
  ),
  province: delivery(
    'province provincename regionname region state statename provincecode sheng shengfen 省 省份',
    'province provincename sheng shengfen 省 省份',
  ),
  city: delivery('city cityname town shi chengshi 市 城市', 'city cityname shi chengshi 市 城市'),
  district: delivery(
    'district districtname county area areaname quxian qu town 区 区县 县 地区',
    'district districtname county quxian qu town 区 区县 县',
  ),
  street: delivery(
    `address1 street street1 streetline1 addressline1 streetaddress1 address line1 detail detailaddress fulladdress addressdetail streetaddress addr
     xiangxidizhi dizhi xxdz dz 详细地址 地址 街道`,
    `address addressdetail useraddress fulladdress detailaddress shippingaddress deliveryaddress xiangxidizhi dizhi
     shouhuodizhi xxdz shdz dz 详细地址 地址 收货地址`,
  ),
  street2: delivery('address2 street2 streetline2 addressline2 streetaddress2 line2'),
  postcode: delivery(
    'postcode postalcode zip zippostalcode zipcode postal youbian yb 邮编 邮政编码',
    'zipcode zip postcode postalcode youbian yb 邮编 邮政编码',
  ),

  grand: {
    ...money(
      `grandtotal totalprice ordertotal orderamount totalamount amounttotal total payamount payableamount paidamount
       actualamount realamount paymentamount totalpaid totalpay payprice payment amount orderprice ordertotalprice totalfee
       moneypaid orderpayment
       dingdanjine shifujine shifu yingfujine zongjine zonge zongjia heji
       ddje sfje yfje zje 订单金额 订单总额 应付金额 实付金额 实付款 总金额 总价 总额 合计 支付金额 付款金额`,
      'grand payable all order pay',
    ),
    payment: words('payamount'),
  },
  items: money(
    `itemstotal itemtotal subtotal subtotalprice totallineitemsprice goodsamount goodstotal productamount producttotal goodsprice
     itemamount itemsamount itemtotals totalproducts goodsfee totalgoodsamount itemsprice items totalfee pricesubtotal totalprice ordertotalprice
     shangpinzonge shangpinjine spje 商品总额 商品金额 商品总价 货款`,
    'items goods products product',
  ),
  shipping: {
    ...money(
      `shippingfee shippingtotal shippingamount shippingcost shippingprice deliverycost shiptotal deliveryfee deliveryamount postfee postage postamount
       freight freightamount freightprice freightfee expressfee shipping totalshipping totalpostage paypostage totalshippingprice
       carriage yunfei yf 运费 邮费 快递费`,
      'shipping delivery post postal',
    ),
    delivery: words('fee cost price 费用'),
  },
  tax: money('totaltax taxtotal taxamount tax taxfee shuie shuifei vat 税额 税费 税', ''),
  discount: money(
    `discounttotal discountamount totaldiscounts totaldiscount discount discountfee couponamount couponprice couponfee coupon
     promotionamount youhuijine youhui youhuiquan sellerdiscount yhje 优惠金额 优惠 折扣 折扣金额 优惠券`,
    '',
  ),
  refunded: money(
    'refundedtotal totalrefunded refundedamount refundamount refundtotal refundfee tuikuanjine tkje refunded 退款金额',
    '',
  ),

  payMethod: {
    ...plain(`paymentmethod paymethod paytype paymenttype payname paymentname paymentmethodtitle paychannel zhifufangshi
      fukuanfangshi zffs fkfs 支付方式 付款方式`),
    payment: words('method type name channel way paymentmethod fangshi 方式'),
  },
  transactionId: {
    ...plain(`transactionid transactionno payno paysn tradeno paymentno outtradeno alipayno zhifudanhao jiaoyihao
      交易号 支付单号 支付流水号 流水号`),
    payment: words('transactionid transactionno tradeno id no sn lasttransid 单号 流水号'),
  },
  buyerNote: {
    ...plain(`buyernote buyermessage buyermemo buyerwords customernote customermessage customercomment postscript note notes memo
      message comment comments remark remarks orderremark mark liuyan beizhu maijialiuyan maijiabeizhu mjly bz
      买家留言 买家备注 留言 备注 客户备注 订单备注`),
    buyer: words('message note words memo remark 留言 备注'),
  },
} satisfies Record<string, Names>;
export type OrderField = keyof typeof ORDER_NAMES;

/** Objects around a line's fields. */
export const LINE_OBJECTS = words(
  'product sku variant productvariant productinfo goodsinfo skuinfo attrinfo iteminfo goods item 商品',
);

/** `sku_title`, `line_amount`. Not of ids: the goods' id is not the line's. */
export const LINE_PREFIXES = words('sku goods product item line sub detail article spu order shangpin 商品');

export const LINE_NAMES = {
  lineId: words(
    'id subid itemid lineid lineitemid orderitemid recid oid detailid orderproductid suborderid 明细id 行号',
  ),
  sku: words(`sku skucode outerskuid outeriid outerid goodssn sellersku goodsno goodscode itemsku itemcode productsku productcode productno
    productreference merchantsku reference code sn barcode huohao shangpinbianhao shangpinbianma skubianma bianma bianhao spbm spbh hh
    商品编码 商品编号 货号 sku编码 规格编码 编码 编号`),
  skuId: words('skuid goodsid productid itemid variantid numiid productattributeid 商品id'),
  name: words(`name title goodsname productname itemname skuname producttitle storename shangpinmingcheng shangpinming mingcheng pinming spmc pm mc
    商品名称 商品标题 品名 名称 商品名 商品 description desc label`),
  quantity:
    words(`quantity qty qtyordered quantityordered goodsnumber goodsnum goodscount buynum itemnum itemcount itemtotal productquantity
    productnum num number count nums cnt cartnum shuliang sl 数量 购买数量 商品数量 件数`),
  unitPrice: words(`unitprice price goodsprice saleprice sellprice itemprice trueprice productprice jdprice dealprice
    danjia jiage dj 单价 价格 售价 成交价 商品单价`),
  lineTotal:
    words(`linetotal total rowtotal subtotal totalprice totalamount totalfee lineprice lineitemcost linecost payamount payment amount sum
    goodsamount itemamount xiaoji jine zongjia xj je 小计 金额 总价 合计`),
  discount: words('discount discountamount discountfee totaldiscount youhui youhuijine yhje 优惠 优惠金额 折扣'),
  tax: words('tax taxamount totaltax taxtotal taxfee shuie 税额 税'),
} satisfies Record<string, readonly string[]>;
export type LineField = keyof typeof LINE_NAMES;
